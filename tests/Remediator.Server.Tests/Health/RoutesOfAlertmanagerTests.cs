using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Health;

/// <summary>The real server with a real Alertmanager, configured as prometheus-operator does it for an AlertmanagerConfig.</summary>
[Trait("Needs", "Alertmanager")]
public sealed class RoutesOfAlertmanagerTests : IDisposable
{
    private const string Forced = "alertmanager/main: every route to 'monitoring/remediator/remediator' wants namespace=\"monitoring\"";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NamespaceThatIsForcedOnTheRoute_IsInReadinessAndStatus()
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        await using var alertmanager = await AlertmanagerProcess.StartAsync("""
            route:
              receiver: "null"
              routes:
                - receiver: monitoring/remediator/remediator
                  matchers: [ 'namespace="monitoring"' ]
                  continue: true
            receivers:
              - name: "null"
              - name: monitoring/remediator/remediator
            """);
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"),
            ["--set", "Alertmanagers:0:Name=main", "--set", $"Alertmanagers:0:Urls:0={alertmanager.Url}"],
            new Dictionary<string, string>(), Token);

        await Wait.UntilAsync(
            "the complaint in /readyz",
            async () => (await AlertsAsync(server.Operator)).StartsWith(Forced, StringComparison.Ordinal), Token,
            () => Task.FromResult(server.Story()));
        var (code, status, _) = await RemediatorProgram.RunAsync(["status", "--data", "data"], _folder.Path, Token);
        Assert.Equal(0, code);
        Assert.Contains("alertmanagerConfigMatcherStrategy: { type: None }", status, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> AlertsAsync(HttpClient client)
    {
        var report = JsonDocument.Parse(await client.GetStringAsync(new Uri("/readyz", UriKind.Relative), Token)).RootElement;
        return report.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "alerts")
            .GetProperty("problem").GetString()!;
    }
}
