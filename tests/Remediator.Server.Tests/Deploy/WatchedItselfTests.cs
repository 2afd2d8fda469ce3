using System.Text.RegularExpressions;
using Remediator.Core.Alerts;
using Remediator.Testing;

namespace Remediator.Server.Tests.Deploy;

/// <summary>
/// The rules by which Prometheus watches Remediator, with Prometheus' own tools of Debian, and the way their alerts take.
/// </summary>
public sealed partial class WatchedItselfTests : IDisposable
{
    private const string Rules = "prometheus/remediator.rules.yaml";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_PassTheirTests()
    {
        await PrometheusTools.NeedAsync("promtool=prometheus");

        await PrometheusTools.AssertAsync("promtool", "check", "rules", DeployFolder.File(Rules));
        await PrometheusTools.AssertAsync("promtool", "test", "rules", DeployFolder.File("prometheus/remediator.rules.tests.yaml"));
    }

    [Theory]
    [InlineData("heartbeat", "alertname=RemediatorHeartbeat", "about=remediator")]
    [InlineData("people", "alertname=RemediatorDown", "about=remediator", "severity=critical")]
    [InlineData("people", "alertname=RemediationFailed", "namespace=shop")]
    [InlineData("remediator,people", "alertname=KubePodCrashLooping", "namespace=shop")]
    public async Task Alertmanager_SendsOnlyTheOthersToRemediator(string receivers, params string[] labels)
    {
        await PrometheusTools.NeedAsync("amtool=prometheus-alertmanager");

        var output = await PrometheusTools.AssertAsync(
            "amtool", ["config", "routes", "test", "--config.file", DeployFolder.File("alertmanager/alertmanager.yml"), .. labels]);

        Assert.Equal(receivers, output.Trim());
    }

    [Fact]
    public void EveryAlert_IsMarkedAsOneAboutTheEngine()
    {
        var alerts = DeployFolder.Read(Rules).Split("- alert: ")[1..];

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains($", {OwnAlerts.About}: {OwnAlerts.Engine} }}\n", alert, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryAlert_HasATest() => Assert.All(
        AlertName().Matches(DeployFolder.Read(Rules)).Select(m => m.Groups["name"].Value),
        name => Assert.Contains(name, DeployFolder.Read("prometheus/remediator.rules.tests.yaml"), StringComparison.Ordinal));

    [Fact]
    public async Task EveryMetric_IsOneThatTheServerHas()
    {
        await File.WriteAllTextAsync(_folder.File("kubeconfig"), Unreachable, Token);
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"),
            [
                "--set", $"Cluster:Kubeconfig={_folder.File("kubeconfig")}",
                "--set", "Alertmanagers:0:Name=main", "--set", "Alertmanagers:0:Urls:0=http://127.0.0.1:1",
            ],
            new Dictionary<string, string>(), Token);
        using (await server.Operator.PostAsync(new Uri("/api/v1/alerts/alertmanager", UriKind.Relative), new StringContent("{}"), Token))
        {
            // refused: it is the operator's token
        }

        var wanted = Series()
            .Matches(DeployFolder.Read(Rules))
            // what AWS is needed for is tried with a model of it, in Actions
            .Where(m => !m.Groups["name"].Value.StartsWith("remediator_aws_", StringComparison.Ordinal))
            .Select(m => (Name: m.Groups["name"].Value, Labels: LabelOf().Matches(m.Groups["labels"].Value).Select(l => l.Value).ToList()))
            .ToList();
        Assert.NotEmpty(wanted);
        await Wait.UntilAsync("a series of each alert", async () =>
        {
            var lines = (await server.Webhook.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token)).Split('\n');
            wanted.RemoveAll(w => lines.Any(line =>
                line.StartsWith($"{w.Name}{{", StringComparison.Ordinal) && w.Labels.All(l => line.Contains(l, StringComparison.Ordinal))));
            return wanted.Count == 0;
        }, Token, () => Task.FromResult(
            $"The server has nothing of: {string.Join(", ", wanted.Select(w => $"{w.Name} {string.Join(' ', w.Labels)}"))}"));
    }

    public void Dispose() => _folder.Dispose();

    private const string Unreachable = """
        apiVersion: v1
        kind: Config
        current-context: none
        contexts: [ { name: none, context: { cluster: none, user: none } } ]
        clusters: [ { name: none, cluster: { server: "http://127.0.0.1:1" } } ]
        users: [ { name: none, user: { token: none } } ]
        """;

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"(?<name>(remediator|http_server)_[a-z_]+)\{(?<labels>[^}]*)\}")]
    private static partial Regex Series();

    /// <summary>Labels that name one value, but for those that Prometheus adds.</summary>
    [GeneratedRegex(@"(?<=^|,)(?!job=)[a-z_]+=""[^""]*""")]
    private static partial Regex LabelOf();
}
