using System.Diagnostics;
using System.Text.Json;
using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Rete;

namespace Remediator.Benchmarks;

/// <summary>Both engines: 200 rules over 20 alert names, so that each alert has 10 candidates; every candidate joins with nodes and containers.</summary>
internal static class DecisionsBenchmark
{
    private const int Rules = 200;
    private const int Names = 20;
    private const int Containers = 20_000;
    public static Task RunAsync(BenchmarkRun run)
    {
        var duration = run.Size(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(0.2));
        Console.WriteLine($"{Rules} rules, {Containers} containers, one thread");
        var alerts = Enumerable.Range(0, run.Size(2000, 200)).Select(Alert).ToArray();
        var programs = new IRuleEngine[] { new NativeRuleEngine(), new NRulesEngine() }.Select(e => (e.Name, Program: Prepare(e, alerts))).ToList();
        var view = View(0);
        foreach (var (name, program) in programs)
        {
            var (candidates, running) = (alerts.Sum(a => program.Decide(a, view).Trace.Count), alerts.Count(a => program.Decide(a, view).Kind == DecisionKind.Run));
            BenchmarkRun.Require(candidates == alerts.Length * Rules / Names && running > 0, $"{name} looked at {candidates} candidates for {alerts.Length} alerts and chose a playbook for {running}; {Rules / Names} candidates each were meant, and some playbooks.");
        }

        BenchmarkRun.Require(alerts.All(a => programs.Select(p => p.Program.Decide(a, view).Explain()).Distinct().Count() == 1), $"The engines differ.");
        for (var round = 1; round <= run.Size(3, 1); round++)
        {
            foreach (var (name, program) in programs)
            {
                var plain = Measure(duration, alerts, a => program.Decide(a, view).Trace.Count);
                var written = Measure(duration, alerts, a => JsonSerializer.SerializeToUtf8Bytes(program.Decide(a, view)).Length);
                Console.WriteLine($"round {round}, {name}: {plain:N0} decisions/s with the whole trace; {written:N0}/s with the trace written as JSON too");
            }
        }

        foreach (var (name, program) in programs)
            Change(name, program, alerts, run.Size(20, 2));
        return Task.CompletedTask;
    }

    /// <summary>What a rule set and its first view cost.</summary>
    private static IRuleProgram Prepare(IRuleEngine engine, Fact[] alerts)
    {
        var rules = RuleSet();
        var view = View(0);
        engine.Compile(new("warm", [.. rules.Rules.Take(1)])).Decide(alerts[0], View(0));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var program = engine.Compile(rules);
        var compiled = clock.Elapsed;
        var sample = alerts.Take(Names).Select(a => program.Decide(a, view)).Last();
        var first = clock.Elapsed - compiled;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(view);
        Console.WriteLine($"{engine.Name}: compiled in {compiled.TotalMilliseconds:N0} ms, first decisions on a view in {first.TotalMilliseconds:N0} ms, {bytes / 1048576.0:N1} MB; {sample.Trace.Count} candidates an alert, {sample.Trace.Sum(t => t.Conditions.Count)} conditions");
        return program;
    }

    /// <summary>A published view has new objects for all facts; those of a view with another alert are the same.</summary>
    private static void Change(string name, IRuleProgram program, Fact[] alerts, int views)
    {
        var changed = Enumerable.Range(1, views).Select(View).ToArray();
        var one = changed[^1];
        var published = Time(i => Each(alerts, changed[i]), views);
        var alert = Time(i => Each(alerts, one = one.With([alerts[i]])), views);
        Console.WriteLine($"{name}: {published:N1} ms for the first decisions on a view in which 1 of 100 containers changed, {alert:N2} ms on one with another alert");

        void Each(Fact[] asked, FactView view)
        {
            for (var i = 0; i < Names; i++) program.Decide(asked[i], view);
        }
    }

    /// <returns>The median, in milliseconds: neighbours on the machine disturb single rounds.</returns>
    private static double Time(Action<int> decide, int times)
    {
        var took = new double[times];
        for (var i = 0; i < times; i++)
        {
            var clock = Stopwatch.StartNew();
            decide(i);
            took[i] = clock.Elapsed.TotalMilliseconds;
        }

        Array.Sort(took);
        return took[times / 2];
    }

    private static FactView View(int version) => new(version, DateTimeOffset.UnixEpoch, Facts(version));

    private static double Measure(TimeSpan duration, Fact[] alerts, Func<Fact, int> decide)
    {
        var made = 0L;
        var sum = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            for (var i = 0; i < 500; i++)
            {
                sum += decide(alerts[made++ % alerts.Length]);
            }
        }

        BenchmarkRun.Require(sum > 0, $"Nothing was decided.");
        return made / clock.Elapsed.TotalSeconds;
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

    private static IEnumerable<Fact> Facts(int version)
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
                ["restarts"] = $"{(c % 100 == version % 100 ? c + version : c) % 20}",
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
