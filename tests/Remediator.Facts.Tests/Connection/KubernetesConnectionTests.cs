using System.Net;
using Remediator.Facts.Connection;

namespace Remediator.Facts.Tests.Connection;

public sealed class KubernetesConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubeconfigs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_IsSaidInOneSentence()
    {
        var connection = Find(new(), ("HOME", _folder));
        Assert.Null(connection.Configuration);
        Assert.Equal("No cluster was found: set KUBECONFIG or Cluster:Kubeconfig, or run inside a cluster.", connection.Reason);
        Assert.Equal("none", connection.Cluster);
    }

    [Fact]
    public void HomeFile_IsFound_AndItsContextNamesTheCluster()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".kube"));
        Write(Path.Combine(".kube", "config"), "prod", "https://10.1.1.1:6443");
        var connection = Find(new(), ("HOME", _folder));
        Assert.Equal(("prod", "https://10.1.1.1:6443"), (connection.Cluster, connection.Configuration!.Host));
    }

    [Fact]
    public void Setting_NamesTheClusterBeforeTheContext() =>
        Assert.Equal("shop-eu", Find(new() { Name = "shop-eu" }, ("KUBECONFIG", Write("a", "prod", "https://10.1.1.1"))).Cluster);

    [Fact]
    public void SeveralFiles_AreMerged_TheFirstThatSaysSomethingWins()
    {
        var first = Write("a", "prod", "https://10.1.1.1");
        var second = Write("b", "test", "https://10.2.2.2");
        var all = string.Join(Path.PathSeparator, Path.Combine(_folder, "missing"), first, "", second);

        Assert.Equal("https://10.1.1.1", Find(new(), ("KUBECONFIG", all)).Configuration!.Host);
        Assert.Equal("https://10.2.2.2", Find(new() { Context = "test" }, ("KUBECONFIG", all)).Configuration!.Host);
    }

    [Fact]
    public void FilesBesideAKubeconfig_AreFoundFromAnyFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "deep"));
        File.WriteAllText(Path.Combine(_folder, "deep", "client.crt"), "x");
        File.WriteAllText(Path.Combine(_folder, "deep", "client.key"), "y");
        var file =
            Write(Path.Combine("deep", "a"), "prod", "https://10.1.1.1", user: "{client-certificate: client.crt, client-key: client.key}");
        var configuration = Find(
            new(),
            ("KUBECONFIG", string.Join(Path.PathSeparator, Write("b", "other", "https://10.2.2.2"), file)),
            context: "prod").Configuration!;
        Assert.Equal(Path.Combine(_folder, "deep", "client.crt"), configuration.ClientCertificateFilePath);
        Assert.Equal(Path.Combine(_folder, "deep", "client.key"), configuration.ClientKeyFilePath);
    }

    [Fact]
    public void ProxyOfTheCluster_IsUsed()
    {
        var connection =
            Find(new(), ("KUBECONFIG", Write("a", "prod", "https://10.1.1.1", proxy: ", proxy-url: 'http://proxy.example.com:3128'")));
        using var handler = new SocketsHttpHandler();
        connection.Configuration!.FirstMessageHandlerSetup(handler);
        Assert.Equal(new Uri("http://proxy.example.com:3128"), Assert.IsType<WebProxy>(handler.Proxy).Address);
    }

    [Fact]
    public void NamedFileThatIsNotThere_IsSaid() =>
        Assert.Equal(
            "The cluster's configuration cannot be used: there is no file '/no/such/file'.",
            Find(new() { Kubeconfig = "/no/such/file" }).Reason);

    [Fact]
    public void FileWithoutCurrentContext_SaysWhatToDo()
    {
        var file = Write("a", "", "https://10.1.1.1");
        Assert.Equal(
            $"No context is chosen in {file}: set Cluster:Context, or use `kubectl config use-context`.",
            Find(new(), ("KUBECONFIG", file)).Reason);
    }

    [Theory]
    [InlineData("clusters: [")]
    [InlineData("current-context: a\ncontexts: []\nclusters: []\nusers: []\n")]
    public void FileThatCannotBeUsed_IsSaidAndNotThrown(string content)
    {
        var file = Path.Combine(_folder, "bad");
        File.WriteAllText(file, content);
        var connection = Find(new(), ("KUBECONFIG", file));
        Assert.Null(connection.Configuration);
        Assert.StartsWith("The cluster's configuration cannot be used: ", connection.Reason, StringComparison.Ordinal);
    }

    private static KubernetesConnection Find(ClusterOptions options, (string Name, string Value) variable = default, string context = "")
    {
        if (context.Length > 0)
            options.Context = context;
        return KubernetesConnection.Find(options, name => name == variable.Name ? variable.Value : null);
    }

    private string Write(string file, string context, string server, string user = "{token: t}", string proxy = "")
    {
        var path = Path.Combine(_folder, file);
        var name = context.Length == 0 ? "unnamed" : context;
        File.WriteAllText(path, $$$"""
            current-context: "{{{context}}}"
            contexts: [{name: {{{name}}}, context: {cluster: {{{name}}}-c, user: {{{name}}}-u}}]
            clusters: [{name: {{{name}}}-c, cluster: {server: '{{{server}}}', insecure-skip-tls-verify: true{{{proxy}}}}}]
            users: [{name: {{{name}}}-u, user: {{{user}}}}]
            """);
        return path;
    }
}
