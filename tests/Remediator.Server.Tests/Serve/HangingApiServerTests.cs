using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

/// <summary>An API server that accepts every call and answers none, under the real program.</summary>
public sealed class HangingApiServerTests : IDisposable
{
    private const int Alerts = 5000;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task FiveThousandAlerts_PeopleHearWithinAMinute_ThatTheClusterCannotBeSeen()
    {
        await using var api = await HttpEndpoint.StartAsync();
        await using var people = await HttpEndpoint.StartAsync();
        api.Otherwise = new(null);
        people.Otherwise = new(200);
        await File.WriteAllTextAsync(_folder.File("kubeconfig"), Kubeconfig(api.Url), TestContext.Current.CancellationToken);
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"),
            ["--kubeconfig", _folder.File("kubeconfig"), "--mode", "auto", "--set", $"Notify:Webhook:Url={people.Url}people"],
            new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        foreach (var part in Enumerable.Range(0, Alerts).Chunk(500))
            Assert.Equal(
                HttpStatusCode.OK,
                (await server.Webhook.PostAsJsonAsync(
                    "/api/v1/alerts/alertmanager", Delivery(part), TestContext.Current.CancellationToken)).StatusCode);

        var told = JsonDocument.Parse((
            await people.NextAsync("POST", "/people", 1, TestContext.Current.CancellationToken)).Body).RootElement;
        Assert.Equal("cluster-not-seen", told.GetProperty("problem").GetString());
        Assert.Single(people.Requests);
    }

    public void Dispose() => _folder.Dispose();

    private static object Delivery(IEnumerable<int> numbers) => new
    {
        version = "4",
        alerts = numbers.Select(n => new
        {
            status = "firing",
            labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["namespace"] = "shop", ["pod"] = $"api-{n}" },
            startsAt = "2026-11-23T10:00:00Z",
        }),
    };

    private static string Kubeconfig(Uri server) => $$$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "{{{server}}}"}}]
        users: [{name: admin, user: {token: "test"}}]
        contexts: [{name: test, context: {cluster: test, user: admin}}]
        """;
}
