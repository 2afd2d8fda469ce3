using System.Text.RegularExpressions;

namespace Remediator.Server.Tests.Deploy;

/// <summary>The alerts that tell Remediator of problems earlier, with Prometheus' own tool of Debian.</summary>
public sealed partial class EarlierAlertsTests
{
    private const string Rules = "prometheus/remediation.rules.yaml";
    private const string Tests = "prometheus/remediation.rules.tests.yaml";
    private const string Object = "prometheus/remediation.prometheusrule.yaml";

    private static IEnumerable<string> Alerts => AlertName().Matches(DeployFolder.Read(Rules)).Select(m => m.Groups["name"].Value);

    [Fact]
    public async Task Rules_PassTheirTests()
    {
        await PrometheusTools.NeedAsync("promtool=prometheus");

        await PrometheusTools.AssertAsync("promtool", "check", "rules", DeployFolder.File(Rules));
        await PrometheusTools.AssertAsync("promtool", "test", "rules", DeployFolder.File(Tests));
    }

    [Fact]
    public void EveryAlert_HasATest() => Assert.All(
        Alerts, name => Assert.Contains($"alertname: {name}", DeployFolder.Read(Tests), StringComparison.Ordinal));

    [Fact]
    public void EveryAlert_IsOneThatTheRulesKnow()
    {
        var rules = string.Concat(Directory.EnumerateFiles(DeployFolder.File("../rules"), "*.yaml", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".tests.yaml", StringComparison.Ordinal))
            .Select(File.ReadAllText));

        Assert.NotEmpty(Alerts);
        Assert.All(Alerts, name => Assert.Matches($@"\b{name}\b", rules));
    }

    [Fact]
    public async Task EveryAlert_GoesToRemediatorAlone()
    {
        await PrometheusTools.NeedAsync("amtool=prometheus-alertmanager");

        foreach (var name in Alerts)
        {
            var receivers = await PrometheusTools.AssertAsync(
                "amtool", "config", "routes", "test", "--config.file", DeployFolder.File("alertmanager/alertmanager.yml"),
                $"alertname={name}", "namespace=shop");
            Assert.Equal("remediator", receivers.Trim());
        }
    }

    [Fact]
    public void ObjectOfTheOperator_HasTheSameRules()
    {
        var rules = DeployFolder.Read(Rules);
        var groups = rules[rules.IndexOf("groups:", StringComparison.Ordinal)..].TrimEnd();

        Assert.EndsWith(
            $"\nspec:\n  {groups.Replace("\n", "\n  ", StringComparison.Ordinal)}\n", DeployFolder.Read(Object), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertName();
}
