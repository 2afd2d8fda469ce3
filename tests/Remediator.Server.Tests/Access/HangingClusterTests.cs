using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Remediator.Testing;

namespace Remediator.Server.Tests.Access;

/// <summary>An API server that takes connections and never answers, and one that is away.</summary>
public sealed class HangingClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public HangingClusterTests() => _silent.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CallersOfACluster_ThatHangs_AreRefusedWithTheReason_AndDelayNobodyElse()
    {
        await using var server = await StartAsync(((IPEndPoint)_silent.LocalEndpoint).Port, "true");
        using var client = new HttpClient { BaseAddress = server.Webhook.BaseAddress };

        // where the callers come one by one, as on a machine that stands still between, none finds the others waiting
        var round = 0;
        await Wait.UntilAsync("callers who waited, and callers who were one too many", async () =>
        {
            round++;
            var hanging = Enumerable.Range(0, 40).Select(i => GetAsync(client, $"head.payload.signature{round}x{i}")).ToList();
            using var operators = await server.Operator.GetAsync(new Uri("/api/v1/incidents", UriKind.Relative), Token);
            var answers = await Task.WhenAll(hanging);

            Assert.Equal(HttpStatusCode.OK, operators.StatusCode);
            Assert.All(answers, a => Assert.Equal(HttpStatusCode.ServiceUnavailable, a.Status));
            return new[] { "the API server did not answer within 5 s", "16 callers wait for the API server already" }
                .All(reason => answers.Any(a => a.Body.Contains(reason, StringComparison.Ordinal)));
        }, Token);
    }

    [Fact]
    public async Task CallersOfACluster_ThatIsAway_AreToldSo_AndWithoutTheSettingNobodyIsAsked()
    {
        var port = FreePort.Take();
        await using (var server = await StartAsync(port, "true"))
        {
            var (status, body) = await GetAsync(server.Webhook, "head.payload.signature");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("the API server cannot be asked", body, StringComparison.Ordinal);
        }

        await using var without = await StartAsync(port, "false");
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(without.Webhook, "head.payload.signature")).Status);
    }

    public void Dispose()
    {
        _silent.Dispose();
        _folder.Dispose();
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/incidents", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<RemediatorProcess> StartAsync(int port, string kubernetes)
    {
        var kubeconfig = _folder.File("kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:{{{port}}}"}}],"users":[{"name":"u","user":{"token":"t"}}]}
            """, Token);
        return await RemediatorProcess.StartAsync(
            _folder.File("data"),
            ["--kubeconfig", kubeconfig, "--set", $"Access:Kubernetes={kubernetes}", "--set", "Access:MetricsNeedToken=true"],
            new Dictionary<string, string>(), Token);
    }
}
