using Remediator.Server.FirstStart;

namespace Remediator.Server.Tests.FirstStart;

public sealed class ReceiverBlockTests
{
    [Fact]
    public void Block_NamesTheTokensFile_AsAlertmanagerReadsIt() => Assert.Equal(
        """
        receivers:
          - name: remediator
            webhook_configs:
              - url: http://127.0.0.1:8642/api/v1/alerts/alertmanager
                send_resolved: true
                http_config:
                  authorization:
                    credentials_file: '/home/o''brien/webhook.token'
        """,
        ReceiverBlock.For("http://127.0.0.1:8642", new() { BearerTokenFile = "/home/o'brien/webhook.token" }, null));

    [Fact]
    public void Block_OfAGroup_PostsToItsPath() => Assert.StartsWith(
        """
        receivers:
          - name: repairs
            webhook_configs:
              - url: http://127.0.0.1:8642/api/v1/alerts/alertmanager/eu
        """,
        ReceiverBlock.For("http://127.0.0.1:8642", new() { BearerTokenFile = "/t" }, new() { Name = "eu", Receiver = "repairs" }),
        StringComparison.Ordinal);

    [Fact]
    public void Block_WithBasicAuth_NamesThePasswordsFile() => Assert.EndsWith(
        """
                http_config:
                  basic_auth:
                    username: 'alertmanager'
                    password_file: '/etc/am/password'
        """,
        ReceiverBlock.For("http://127.0.0.1:8642/", new() { Username = "alertmanager", PasswordFile = "/etc/am/password" }, null),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("http://0.0.0.0:8642")]
    [InlineData("http://[::]:8642")]
    public void Address_OfAllInterfaces_IsShownAsTheHostsName(string address) =>
        Assert.Equal($"http://{System.Net.Dns.GetHostName()}:8642", Banner.Reachable(address));

    [Fact]
    public void Address_OfOneInterface_StaysAsItIs() => Assert.Equal("http://10.0.0.7:8642", Banner.Reachable("http://10.0.0.7:8642"));
}
