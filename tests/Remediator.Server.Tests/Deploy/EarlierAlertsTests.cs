using System.Globalization;
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

    /// <summary>
    /// Of alerts that lead to an undo: a scrape and an evaluation of 15 s each, what Alertmanager waits with a group that it knows already,
    /// and what the rule waits. What an alert itself waits is part of the proof where only that it lasts proves it: an image or an object
    /// may come a minute after the release that names it.
    /// </summary>
    [Theory]
    [InlineData("ContainerRestartsFast", "restart-loop", false)]
    [InlineData("ContainerOomRate", "oom-restart-loop", false)]
    [InlineData("DeploymentRolloutStuck", "rollout-stuck", false)]
    [InlineData("ImagePullFailing", "image-pull", true)]
    [InlineData("ContainerConfigError", "config-missing", true)]
    public void WhatProvesARollout_IsActedOnWithinTwoMinutes_BecauseNobodyWaitsLonger(string alert, string rule, bool lastingProves)
    {
        var ofAlert = Seconds(@"\n        for: (\w+)", $"- alert: {alert}\n", "- alert:", DeployFolder.Read(Rules));
        var ofRule = Seconds(@"\n    for: (\w+)", $"- rule: {rule}\n", "- rule:", DeployFolder.Read($"../rules/workloads/{rule}.yaml"));
        var ofGroup = Seconds(
            @"\n      group_interval: (\w+)", "ContainerRestartsFast|", "- receiver:", DeployFolder.Read("alertmanager/alertmanager.yml"));
        Assert.NotEqual(0, ofRule);
        Assert.NotEqual(0, ofGroup);
        Assert.Equal(lastingProves, ofAlert > 0);
        Assert.InRange(15 + 15 + ofGroup + ofRule, 1, 105);
    }

    /// <returns>0 where it is not there.</returns>
    private static int Seconds(string pattern, string from, string to, string text)
    {
        var begin = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"There is no {from}");
        var end = text.IndexOf(to, begin + from.Length, StringComparison.Ordinal);
        var found = Regex.Match(text[begin..(end < 0 ? text.Length : end)], pattern);
        var time = found.Groups[1].Value;
        return !found.Success ? 0 : int.Parse(time[..^1], CultureInfo.InvariantCulture) * (time[^1] == 'm' ? 60 : 1);
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertName();
}
