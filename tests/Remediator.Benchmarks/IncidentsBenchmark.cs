using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>
/// 64 clients post alerts as fast as they are answered, and each opens an incident of its own: the whole engine, while it has more to do
/// than it can.
/// </summary>
internal static class IncidentsBenchmark
{
    private const int Clients = 64;

    private const string Opened = "SELECT count(*) FROM incident";

    private const string Observed = "SELECT count(*) FROM event WHERE type = 'alert-observed'";

    /// <summary>The first seconds are compared with the rest.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(BenchmarkRun run)
    {
        var alerts = run.Arguments is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : run.Size(30_000, 1_000);
        await using var cluster = await FakeCluster.StartAsync(crashing: 0, well: 10);
        // what is measured is what the engine does with alerts, not at which number it refuses more
        await using var engine = new EngineProcess(run.Program, cluster.Address, ("Journal__InboxLimit", "1000000"));
        using var client = await engine.StartAsync();
        await EngineProcess.UntilReadyAsync(client);

        var (before, busy, clock) = (StormBenchmark.Count(engine, Opened), engine.Busy, Stopwatch.StartNew());
        var opening = OpenedOverTimeAsync(engine, before + alerts, clock);
        var answers = await PostAllAsync(client, alerts);
        var posted = clock.Elapsed;
        var opened = await opening;
        busy = engine.Busy - busy;
        var observed = StormBenchmark.Count(engine, Observed);
        BenchmarkRun.Require(observed == alerts, $"{alerts} alerts were acknowledged, and {observed} are in the journal.");

        var all = opened[^1].At;
        var early = opened.LastOrDefault(o => o.At <= First, opened[0]);
        BenchmarkRun.Say(
            $"{alerts:N0} alerts of {Clients} clients, an incident each, opened in {all.TotalSeconds:0.0} s: "
                + $"{alerts / all.TotalSeconds:N0}/s, {busy.TotalMilliseconds / alerts:0.000} ms of the program's CPU an "
                + $"alert");
        BenchmarkRun.Say(
            $"first {early.At.TotalSeconds:0.0} s {early.Count / early.At.TotalSeconds:N0}/s, the rest "
                + $"{(alerts - early.Count) / Math.Max((all - early.At).TotalSeconds, 0.001):N0}/s");
        BenchmarkRun.Say(
            $"answers while the engine is saturated: {alerts / posted.TotalSeconds:N0}/s for {posted.TotalSeconds:0.0} s, "
                + $"P50 {At(answers, 0.5):0.0} ms, P99 {At(answers, 0.99):0.0} ms, most {At(answers, 1):0} ms; peak RSS "
                + $"{engine.PeakMegabytes:0} MB; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    }

    /// <returns>How long each answer took, in milliseconds, in order of length.</returns>
    private static async Task<double[]> PostAllAsync(HttpClient client, int alerts)
    {
        var next = 0;
        var times = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= alerts; i = Interlocked.Increment(ref next))
            {
                var sent = Stopwatch.GetTimestamp();
                await EngineProcess.PostAsync(client, [Alert(i)]);
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        })));
        return [.. times.Order()];
    }

    /// <summary>Of a resource of its own; no rule asks for it.</summary>
    public static string Alert(int i) =>
        $$$"""{"status":"firing","labels":{"alertname":"QueueTooLong","namespace":"shop","queue":"orders-{{{i}}}","job":"broker","severity":"warning"},"annotations":{"summary":"Nobody takes from the queue."},"startsAt":"2026-11-23T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example/graph?g0.expr=x","fingerprint":"{{{i:x16}}}"}""";

    private static async Task<List<(TimeSpan At, long Count)>> OpenedOverTimeAsync(EngineProcess engine, long wanted, Stopwatch clock)
    {
        List<(TimeSpan At, long Count)> opened = [(TimeSpan.FromMilliseconds(1), 0)];
        var before = StormBenchmark.Count(engine, Opened);
        await Wait.UntilAsync(
            $"{wanted} incidents, one for each alert",
            () =>
            {
                opened.Add((clock.Elapsed, StormBenchmark.Count(engine, Opened) - before));
                return before + opened[^1].Count >= wanted;
            },
            CancellationToken.None, () => $"There are {before + opened[^1].Count}.", Patience);
        return opened;
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];
}
