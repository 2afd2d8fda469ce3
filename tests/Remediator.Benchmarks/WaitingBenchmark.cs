using System.Diagnostics;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>5,000 incidents that a storm holds, for ten minutes: what their waiting costs the store.</summary>
internal static class WaitingBenchmark
{
    private const int Looks = 40;

    /// <summary>By a storm whose incident they know: when that opens, it is news to all of them.</summary>
    private const string Held =
        "SELECT count(*) FROM incident WHERE status = 'held' AND summary LIKE '%(incident %' AND resource LIKE '%/deployment/%'";

    /// <summary>The time between two looks at what waits.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(BenchmarkRun run)
    {
        var workloads = run.Size(5000, 50);
        var scale = run.Size("1", "0.1");
        await using var cluster = await FakeCluster.StartAsync(workloads);
        await using var engine = new EngineProcess(run.Program, cluster.Address, ("Engine__DurationScale", scale));
        using var client = await engine.StartAsync();
        await EngineProcess.UntilReadyAsync(client);
        foreach (var alerts in Enumerable.Range(0, workloads).Select(w => EngineProcess.Alert(w, "KubePodCrashLooping")).Chunk(50))
        {
            await EngineProcess.PostAsync(client, alerts);
        }

        await Wait.UntilAsync(
            $"{workloads} incidents that are held",
            () => StormBenchmark.Count(engine, Held) == workloads,
            CancellationToken.None,
            () => $"{StormBenchmark.Count(engine, Held)} are.",
            TimeSpan.FromMinutes(5));
        var (writes, wakes, busy) = (await WritesAsync(client), await EngineProcess.SumAsync(client, "remediator_wakes"), engine.Busy);
        var clock = Stopwatch.StartNew();
        var wanted = wakes + ((double)workloads * run.Size(Looks, Looks / 5));
        await Wait.UntilAsync(
            $"{wanted} wake-ups", async () => await EngineProcess.SumAsync(client, "remediator_wakes") >= wanted, CancellationToken.None,
            async () => $"There were {await EngineProcess.SumAsync(client, "remediator_wakes")}.", Tick * Looks * 3);

        var minutes = clock.Elapsed.TotalMinutes;
        var after = await WritesAsync(client);
        var made = after.Select(w => (Kind: w.Key, Count: w.Value - writes.GetValueOrDefault(w.Key)))
            .Where(w => w.Count > 0)
            .OrderByDescending(w => w.Count)
            .ToList();
        var kinds = string.Join(", ", made.Select(w => $"{w.Count:0} {w.Kind}"));
        var waiting = made.Where(w => w.Kind is "decision" or "repeat" or "wake-up").Sum(w => w.Count);
        BenchmarkRun.Require(
            StormBenchmark.Count(engine, Held) == workloads,
            $"{StormBenchmark.Count(engine, Held)} of {workloads} incidents are still held.");
        BenchmarkRun.Require(
            waiting <= 10 + (workloads / 100.0 * minutes),
            $"{workloads} incidents waited for {minutes:0.0} minutes, and {waiting} writes were made for them ({kinds}).");
        BenchmarkRun.Say(
            $"{workloads:N0} held incidents, each asked {run.Size(Looks, Looks / 5)} times in {minutes:0.0} minutes: "
                + $"{waiting / minutes:0.0} writes a minute for them, {made.Sum(w => w.Count) / minutes:0.0} with all "
                + $"others ({kinds}); {(engine.Busy - busy).TotalSeconds / clock.Elapsed.TotalSeconds * 100:0} % of one core");
    }

    private static async Task<Dictionary<string, double>> WritesAsync(HttpClient client) =>
        (await EngineProcess.MetricsAsync(client, "remediator_journal_commits"))
            .ToDictionary(m => m.Line.Split("kind=\"")[1].Split('"')[0], m => m.Value);
}
