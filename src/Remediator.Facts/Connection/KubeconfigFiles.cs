using k8s;
using k8s.KubeConfigModels;
using YamlDotNet.RepresentationModel;

namespace Remediator.Facts.Connection;

/// <summary>The files that kubectl would read, merged as kubectl merges them: the first file that says something wins.</summary>
internal static class KubeconfigFiles
{
    /// <exception cref="FileNotFoundException">The file that was named outright is not there.</exception>
    public static IReadOnlyList<string> Find(string named, Func<string, string?> environment)
    {
        if (named.Length > 0)
            return File.Exists(named) ? [Path.GetFullPath(named)] : throw new FileNotFoundException($"there is no file '{named}'.");

        if (environment("KUBECONFIG") is { Length: > 0 } list)
            return [.. list.Split(Path.PathSeparator).Select(f => f.Trim('"')).Where(File.Exists).Select(Path.GetFullPath)];

        var home = Path.Combine(environment("HOME") ?? "/", ".kube", "config");
        return File.Exists(home) ? [home] : [];
    }

    public static K8SConfiguration Merge(IReadOnlyList<string> files)
    {
        var all = files.Select(Load).ToList();
        return new()
        {
            FileName = files[0],
            CurrentContext = all.Select(c => c.CurrentContext).FirstOrDefault(c => !string.IsNullOrEmpty(c)),
            Clusters = all.SelectMany(c => c.Clusters ?? []).DistinctBy(c => c.Name).ToList(),
            Contexts = all.SelectMany(c => c.Contexts ?? []).DistinctBy(c => c.Name).ToList(),
            Users = all.SelectMany(c => c.Users ?? []).DistinctBy(u => u.Name).ToList(),
        };
    }

    /// <summary>The cluster's <c>proxy-url</c>, which the client library does not read.</summary>
    public static Uri? ProxyOf(IReadOnlyList<string> files, K8SConfiguration merged, string context)
    {
        var cluster = merged.Contexts.FirstOrDefault(c => c.Name == context)?.ContextDetails?.Cluster;
        var text = files.SelectMany(Clusters).FirstOrDefault(c => Scalar(c, "name") == cluster) is { } found
            ? Scalar(Child(found, "cluster"), "proxy-url")
            : null;
        return string.IsNullOrEmpty(text) ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var proxy) ? proxy
            : throw new FormatException($"proxy-url '{text}' of cluster '{cluster}' is not a URL.");
    }

    private static K8SConfiguration Load(string file)
    {
        var loaded = KubernetesClientConfiguration.LoadKubeConfig(new FileInfo(file));
        var folder = Path.GetDirectoryName(file)!;
        foreach (var cluster in loaded.Clusters ?? [])
        {
            if (cluster.ClusterEndpoint is { } endpoint)
                endpoint.CertificateAuthority = Absolute(folder, endpoint.CertificateAuthority);
        }

        foreach (var user in loaded.Users ?? [])
        {
            if (user.UserCredentials is not { } credentials)
                continue;

            credentials.ClientCertificate = Absolute(folder, credentials.ClientCertificate);
            credentials.ClientKey = Absolute(folder, credentials.ClientKey);
            if (credentials.ExternalExecution is { Command: { } command } exec && command.Contains('/', StringComparison.Ordinal))
                exec.Command = Absolute(folder, command);
        }

        return loaded;
    }

    private static string? Absolute(string folder, string? path) => string.IsNullOrEmpty(path) ? path : Path.GetFullPath(path, folder);

    private static IEnumerable<YamlNode> Clusters(string file)
    {
        using var reader = File.OpenText(file);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents.Count > 0 && Child(yaml.Documents[0].RootNode, "clusters") is YamlSequenceNode clusters
            ? clusters.Children
            : [];
    }

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Scalar(YamlNode? node, string key) => (Child(node, key) as YamlScalarNode)?.Value;
}
