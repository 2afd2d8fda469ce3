using System.Diagnostics;
using System.Globalization;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>
/// From the post of a webhook to the eviction that it leads to, while many times as many alerts come that lead to nothing, each with an
/// incident of its own: the real program, an API server in this process, no evidence step.
/// </summary>
internal static class ReactionBenchmark
{
    /// <summary>For each sick workload: more than 30 % of a cluster would be a storm, in which nothing is repaired.</summary>
    private const int WellOnes = 3;

    public static async Task RunAsync(BenchmarkRun run)
    {
        var (repairs, alerts, duration) = run.Arguments switch
        {
            [] => (run.Size(20, 5), run.Size(1000, 50), run.Size(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2))),
            [var r, var a] => (int.Parse(r, CultureInfo.InvariantCulture), int.Parse(a, CultureInfo.InvariantCulture),
                TimeSpan.FromSeconds(30)),
            _ => throw new BenchmarkFailedException("It takes two numbers, of repairs and of all alerts per second, or none (20 and 1000).")
        };
        BenchmarkRun.Require(repairs > 0 && alerts % repairs == 0, $"{alerts} alerts per second are no multiple of {repairs} repairs.");
        var warmup = run.Size(200, 10);
        var all = (int)(repairs * duration.TotalSeconds);
        var patience = run.Size(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        await using var cluster = await FakeCluster.StartAsync(all + warmup, WellOnes * (all + warmup));
        await using var engine = new EngineProcess(
            run.Program, cluster.Address, ("ENGINE__ATONCEPERCLUSTER", "1000000"), ("ENGINE__ATONCEPERNAMESPACE", "1000000"));
        using var client = await engine.StartAsync();
        await EngineProcess.UntilReadyAsync(client);
        var paced = new Pace(client, alerts, OneIn: alerts / repairs);
        await paced.PostAsync(Enumerable.Range(all, warmup));
        await EvictedAsync(cluster, warmup, patience);

        var busy = engine.Busy;
        var sent = await paced.PostAsync(Enumerable.Range(0, all));
        await EvictedAsync(cluster, all + warmup, patience);
        busy = engine.Busy - busy;
        var inOrder = sent.OrderBy(s => s.Key).Select(s => Stopwatch.GetElapsedTime(s.Value, cluster.Evicted[s.Key]).TotalMilliseconds)
            .ToList();
        var times = inOrder.Order().ToArray();
        var thirds = inOrder.Chunk((all + 2) / 3).Select(third => $"{At([.. third.Order()], 0.99):0}");
        BenchmarkRun.Say(
            $"{repairs} repairs/s within {alerts:N0} alerts/s for {duration.TotalSeconds:0} s: all {times.Length} acted on; webhook to "
                + $"eviction P50 {At(times, 0.5):0} ms (goal: 20), P90 {At(times, 0.9):0} ms, P99 {At(times, 0.99):0} ms (goal: 100; "
                + $"of each third {string.Join(", ", thirds)}), most {At(times, 1):0} ms; "
                + $"{busy.TotalSeconds / duration.TotalSeconds:0.00} cores of the program; load "
                + $"{File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    }

    private static Task EvictedAsync(FakeCluster cluster, int all, TimeSpan patience) => Wait.UntilAsync(
        $"{all} evictions, one for each alert", () => cluster.Evicted.Count >= all, CancellationToken.None,
        () => $"{cluster.Evicted.Count} of {all} workloads were acted on.", patience);

    private static double At(double[] sorted, double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

    /// <summary>At a fixed pace, whatever the answers do.</summary>
    private sealed record Pace(HttpClient Client, int PerSecond, int OneIn)
    {
        private int _quiet;

        /// <returns>When each workload's alert was sent.</returns>
        public async Task<IReadOnlyDictionary<int, long>> PostAsync(IEnumerable<int> workloads)
        {
            var sent = new Dictionary<int, long>();
            var posts = new List<Task>();
            var clock = Stopwatch.StartNew();
            foreach (var workload in workloads)
            {
                for (var i = 0; i < OneIn; i++)
                {
                    var due = TimeSpan.FromSeconds((double)posts.Count / PerSecond);
                    while (clock.Elapsed < due)
                    {
                        await Task.Delay(1);
                    }

                    if (i == 0)
                        sent[workload] = Stopwatch.GetTimestamp();
                    posts.Add(EngineProcess.PostAsync(
                        Client,
                        [i == 0 ? EngineProcess.Alert(workload, "KubePodCrashLooping") : IncidentsBenchmark.Alert(++_quiet)]));
                }
            }

            await Task.WhenAll(posts);
            return sent;
        }
    }
}
