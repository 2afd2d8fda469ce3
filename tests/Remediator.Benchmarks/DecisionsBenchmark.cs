using System.Diagnostics;
using System.Text.Json;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Benchmarks;

/// <summary>200 rules over 20 alert names, so that each alert has 10 candidates; every candidate joins with nodes and containers.</summary>
internal static class DecisionsBenchmark
{
    private const int Rules = 200;
    private const int Names = 20;
    private const int Containers = 20_000;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public static void Run()
    {
        var program = new NativeRuleEngine().Compile(RuleSet());
        var view = new FactView(1, DateTimeOffset.UnixEpoch, Facts());
        var alerts = Enumerable.Range(0, 2000).Select(Alert).ToArray();
        var sample = program.Decide(alerts[0], view);
        Console.WriteLine($"{Rules} rules, {sample.Trace.Count} candidates an alert, {sample.Trace.Sum(t => t.Conditions.Count)} conditions, {Containers} containers, one thread");
        for (var round = 1; round <= 3; round++)
        {
            var plain = Measure(alerts, a => program.Decide(a, view).Trace.Count);
            var written = Measure(alerts, a => JsonSerializer.SerializeToUtf8Bytes(program.Decide(a, view)).Length);
            Console.WriteLine($"round {round}: {plain:N0} decisions/s with the whole trace; {written:N0}/s with the trace written as JSON too");
        }
    }

    private static double Measure(Fact[] alerts, Func<Fact, int> decide)
    {
        var made = 0L;
        var sum = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Round)
        {
            for (var i = 0; i < 500; i++)
            {
                sum += decide(alerts[made++ % alerts.Length]);
            }
        }

        return sum > 0 ? made / clock.Elapsed.TotalSeconds : 0;
    }

    private static RuleSet RuleSet() => new("benchmark", [.. Enumerable.Range(0, Rules).Select(i => new Rule
    {
        Name = $"rule-{i}",
        Place = $"rules/benchmark.yaml:{i}",
        Alert = Selector.Parse($"Alert{i % Names}{{namespace!~\"kube-.*\"}}"),
        When =
        [
            Condition.Parse($"on(namespace, workload, container) container{{last_terminated=\"{(i / Names % 2 == 0 ? "OOMKilled" : "Error")}\", restarts>={i / Names}}}"),
            Condition.Parse("on(node) node{ready=\"true\"}"),
        ],
        Unless = [Condition.Parse("count(on(zone) node{ready=\"false\"}) / count(on(zone) node) > 30%")],
        Priority = i,
        Then = new RuleOutcome.Run($"playbook-{i / Names}", new Dictionary<string, LiquidText> { ["ceiling"] = new("4Gi") }),
    })]);

    private static IEnumerable<Fact> Facts()
    {
        for (var n = 0; n < 300; n++)
        {
            yield return new("node", new Dictionary<string, string> { ["node"] = $"n{n}", ["zone"] = $"z{n % 3}", ["ready"] = n % 50 == 0 ? "false" : "true" }, DateTimeOffset.UnixEpoch);
        }

        for (var c = 0; c < Containers; c++)
        {
            yield return new("container", new Dictionary<string, string>
            {
                ["namespace"] = $"ns{c % 100}",
                ["workload"] = $"w{c / 10}",
                ["workload_kind"] = "deployment",
                ["pod"] = $"w{c / 10}-{c % 10}",
                ["container"] = "app",
                ["node"] = $"n{c % 300}",
                ["restarts"] = $"{c % 20}",
                ["last_terminated"] = c % 2 == 0 ? "OOMKilled" : "Error",
            }, DateTimeOffset.UnixEpoch);
        }
    }

    private static Fact Alert(int i) => new($"Alert{i % Names}", new Dictionary<string, string>
    {
        ["alertname"] = $"Alert{i % Names}",
        ["namespace"] = $"ns{i * 10 % 100}",
        ["workload"] = $"w{i}",
        ["workload_kind"] = "deployment",
        ["container"] = "app",
        ["node"] = $"n{i % 300}",
        ["zone"] = $"z{i % 3}",
        ["severity"] = "warning",
    }, DateTimeOffset.UnixEpoch);
}
