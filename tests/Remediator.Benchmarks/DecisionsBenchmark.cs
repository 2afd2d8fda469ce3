using System.Diagnostics;
using System.Text.Json;
using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Rete;

namespace Remediator.Benchmarks;

/// <summary>
/// Both engines: 200 rules over 20 alert names, so that each alert has 10 candidates; every candidate joins with nodes and containers.
/// </summary>
internal static class DecisionsBenchmark
{
    private const int Rules = 200;
    private const int Names = 20;
    private const int Containers = 20_000;
    public static Task RunAsync(BenchmarkRun run)
    {
        var duration = run.Size(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(0.2));
        Console.WriteLine(
            $"{Rules} rules, {Containers} containers; rates by the clock, and in brackets by the processor time that the process took");
        var alerts = Enumerable.Range(0, run.Size(2000, 200)).Select(Alert).ToArray();
        var programs = new IRuleEngine[] { new NativeRuleEngine(), new NRulesEngine() }.Select(e => (e.Name, Program: Prepare(e, alerts)))
            .ToList();
        var view = View(0);
        foreach (var (name, program) in programs)
        {
            var (candidates, running) =
                (alerts.Sum(a => program.Decide(a, view).Trace.Count), alerts.Count(a => program.Decide(a, view).Kind == DecisionKind.Run));
            BenchmarkRun.Require(
                candidates == alerts.Length * Rules / Names && running > 0,
                $"{name} looked at {candidates} candidates for {alerts.Length} alerts and chose a playbook for {running}; "
                    + $"{Rules / Names} candidates each were meant, and some playbooks.");
        }

        BenchmarkRun.Require(
            alerts.All(a => programs.Select(p => p.Program.Decide(a, view).Explain()).Distinct().Count() == 1), $"The engines differ.");
        for (var round = 1; round <= run.Size(3, 1); round++)
        {
            foreach (var (name, program) in programs)
            {
                var one = Measure(1, duration, alerts, a => program.Decide(a, view).Trace.Count);
                var two = Measure(2, duration, alerts, a => program.Decide(a, view).Trace.Count);
                var written = Measure(1, duration, alerts, a => JsonSerializer.SerializeToUtf8Bytes(program.Decide(a, view)).Length);
                Console.WriteLine(
                    $"round {round}, {name}: {one} decisions/s with the whole trace, {two} on two threads, "
                        + $"{Bytes(program, alerts, view):N0} bytes each; {written} with the trace written as JSON too");
            }
        }

        foreach (var (name, program) in programs)
            Change(name, program, alerts, run.Size(20, 2));
        foreach (var candidates in new[] { 10, 50, Rules })
            Crowd(candidates, view, duration);
        return Task.CompletedTask;
    }

    /// <summary>What a rule set and its first view cost.</summary>
    private static IRuleProgram Prepare(IRuleEngine engine, Fact[] alerts)
    {
        var rules = RuleSet(Names);
        var view = View(0);
        engine.Compile(new("warm", [.. rules.Rules.Take(1)])).Decide(alerts[0], View(0));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var program = engine.Compile(rules);
        var compiled = clock.Elapsed;
        program.Decide(alerts[0], view);
        var first = clock.Elapsed - compiled;
        var sample = alerts.Take(Names).Select(a => program.Decide(a, view)).Last();
        var all = clock.Elapsed - compiled;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(view);
        Console.WriteLine(
            $"{engine.Name}: compiled in {compiled.TotalMilliseconds:N1} ms; first decision in {first.TotalMilliseconds:N1} "
                + $"ms, one of each name in {all.TotalMilliseconds:N1} ms; {bytes / 1048576.0:N1} MB; {sample.Trace.Count} "
                + $"candidates an alert, {sample.Trace.Sum(t => t.Conditions.Count)} conditions");
        return program;
    }

    /// <summary>All rules mean one alert, as rules without a name may.</summary>
    private static void Crowd(int candidates, FactView view, TimeSpan duration)
    {
        var rules = RuleSet(names: 1);
        var alerts = Enumerable.Range(0, 2000).Select(i => Alert(i * Names)).ToArray();
        foreach (var engine in new IRuleEngine[] { new NativeRuleEngine(), new NRulesEngine() })
        {
            var program = engine.Compile(new("crowd", [.. rules.Rules.Take(candidates)]));
            var clock = Stopwatch.StartNew();
            program.Decide(alerts[0], view);
            var first = clock.Elapsed;
            Console.WriteLine(
                $"{engine.Name}: with {candidates} candidates for one alert "
                    + $"{Measure(1, duration, alerts, a => program.Decide(a, view).Trace.Count)} decisions/s, the first in "
                    + $"{first.TotalMilliseconds:N1} ms");
        }
    }

    /// <summary>A published view has new objects for all facts; those of a view with another alert are the same.</summary>
    private static void Change(string name, IRuleProgram program, Fact[] alerts, int views)
    {
        var changed = Enumerable.Range(1, 2 * views).Select(View).ToArray();
        var one = changed[^1];
        var first = Time(i => program.Decide(alerts[i], changed[i]), views);
        var published = Time(i => Each(alerts, changed[views + i]), views);
        var alert = Time(i => Each(alerts, one = one.With([alerts[i]])), views);
        Console.WriteLine(
            $"{name}: on a view in which 1 of 100 containers changed {first} ms for the first decision, {published} ms for "
                + $"one of each name; {alert} ms for one of each name on a view with another alert");

        void Each(Fact[] asked, FactView view)
        {
            for (var i = 0; i < Names; i++) program.Decide(asked[i], view);
        }
    }

    /// <returns>The median and the least, in milliseconds: neighbours on the machine disturb single rounds.</returns>
    private static string Time(Action<int> decide, int times)
    {
        var took = new double[times];
        for (var i = 0; i < times; i++)
        {
            var clock = Stopwatch.StartNew();
            decide(i);
            took[i] = clock.Elapsed.TotalMilliseconds;
        }

        Array.Sort(took);
        return $"{took[times / 2]:N1} (least {took[0]:N1})";
    }

    private static FactView View(int version) => new(version, DateTimeOffset.UnixEpoch, Facts(version));

    private static string Measure(int threads, TimeSpan duration, Fact[] alerts, Func<Fact, int> decide)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var made = new long[threads];
        var workers = Enumerable.Range(0, threads)
            .Select(t => new Thread(() => made[t] = Decide(alerts, decide, clock, duration)))
            .ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        var (took, busy) = (clock.Elapsed, Environment.CpuUsage.TotalTime - cpu);
        return $"{made.Sum() / took.TotalSeconds:N0} ({made.Sum() / busy.TotalSeconds:N0})";
    }

    private static long Decide(Fact[] alerts, Func<Fact, int> decide, Stopwatch clock, TimeSpan duration)
    {
        var (made, sum) = (0L, 0L);
        while (clock.Elapsed < duration)
        {
            for (var i = 0; i < 100; i++) sum += decide(alerts[made++ % alerts.Length]);
        }

        BenchmarkRun.Require(sum > 0, $"Nothing was decided.");
        return made;
    }

    private static long Bytes(IRuleProgram program, Fact[] alerts, FactView view)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var alert in alerts) program.Decide(alert, view);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / alerts.Length;
    }

    /// <param name="names">Over so many alertnames.</param>
    private static RuleSet RuleSet(int names) => new("benchmark", [.. Enumerable.Range(0, Rules).Select(i => new Rule
    {
        Name = $"rule-{i}",
        Place = $"rules/benchmark.yaml:{i}",
        Alert = Selector.Parse($"Alert{i % names}{{namespace!~\"kube-.*\"}}"),
        When =
        [
            Condition.Parse(
                $"on(namespace, workload, container) "
                    + $"container{{last_terminated=\"{(i / Names % 2 == 0 ? "OOMKilled" : "Error")}\", "
                    + $"restarts>={i / names}}}"),
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
            yield return new(
                "node",
                new Dictionary<string, string> { ["node"] = $"n{n}", ["zone"] = $"z{n % 3}", ["ready"] = n % 50 == 0 ? "false" : "true" },
                DateTimeOffset.UnixEpoch);
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
