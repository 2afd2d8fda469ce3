using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>
/// From the post of a webhook to the eviction that it leads to: the real program, an API server in this process, no evidence step.
/// </summary>
internal static class ReactionBenchmark
{
    /// <summary>For each sick workload: more than 30 % of a cluster would be a storm, in which nothing is repaired.</summary>
    private const int WellOnes = 3;

    public static async Task RunAsync(BenchmarkRun run)
    {
        int[] rates = run.Arguments.Count > 0
            ? [.. run.Arguments.Select(r => int.Parse(r, CultureInfo.InvariantCulture))]
            : run.Size<int[]>([100, 1000], [20]);
        foreach (var rate in rates)
        {
            await MeasureAsync(run, rate);
        }
    }

    private static async Task MeasureAsync(BenchmarkRun run, int rate)
    {
        var duration = run.Size(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        var alerts = (int)(rate * duration.TotalSeconds);
        var patience = run.Size(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        var warmup = Math.Min(run.Size(200, 10), alerts);
        await using var cluster = await FakeCluster.StartAsync(alerts + warmup, WellOnes * (alerts + warmup));
        await using var engine = new EngineProcess(
            run.Program, cluster.Address, ("ENGINE__ATONCEPERCLUSTER", "1000000"), ("ENGINE__ATONCEPERNAMESPACE", "1000000"));
        using var client = await engine.StartAsync();
        await EngineProcess.UntilReadyAsync(client);
        await PaceAsync(client, Enumerable.Range(alerts, warmup), 50, new());
        await EvictedAsync(cluster, warmup, patience);

        var sent = new ConcurrentDictionary<int, long>();
        var busyBefore = engine.Busy;
        await PaceAsync(client, Enumerable.Range(0, alerts), rate, sent);
        await EvictedAsync(cluster, alerts + warmup, patience);
        Print(rate, duration, sent, cluster.Evicted, (engine.Busy - busyBefore) / alerts);
    }

    private static Task EvictedAsync(FakeCluster cluster, int all, TimeSpan patience) => Wait.UntilAsync(
        $"{all} evictions, one for each alert", () => cluster.Evicted.Count >= all, CancellationToken.None,
        () => $"{cluster.Evicted.Count} of {all} workloads were acted on.", patience);

    private static void Print(
        int rate, TimeSpan duration, ConcurrentDictionary<int, long> sent, ConcurrentDictionary<int, long> evicted, TimeSpan busy)
    {
        var times = sent.Select(s => Stopwatch.GetElapsedTime(s.Value, evicted[s.Key]).TotalMilliseconds).Order().ToArray();
        BenchmarkRun.Say(
            $"{rate}/s for {duration.TotalSeconds:0} s: all {times.Length} acted on; webhook to eviction P50 "
                + $"{At(times, 0.5):0} ms, P90 {At(times, 0.9):0} ms, P99 {At(times, 0.99):0} ms, most {At(times, 1):0} "
                + $"ms; {busy.TotalMilliseconds:0.0} ms of the program's CPU an alert");
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

    /// <summary>At a fixed pace, whatever the answers do.</summary>
    private static async Task PaceAsync(HttpClient client, IEnumerable<int> workloads, int rate, ConcurrentDictionary<int, long> sent)
    {
        var posts = new List<Task>();
        var clock = Stopwatch.StartNew();
        foreach (var (workload, i) in workloads.Select((w, i) => (w, i)))
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            while (clock.Elapsed < due)
            {
                await Task.Delay(1);
            }

            sent[workload] = Stopwatch.GetTimestamp();
            posts.Add(EngineProcess.PostAsync(client, [EngineProcess.Alert(workload, "KubePodCrashLooping")]));
        }

        await Task.WhenAll(posts);
    }
}
