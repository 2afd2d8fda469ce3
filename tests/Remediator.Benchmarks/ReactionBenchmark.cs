using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Remediator.Benchmarks;

/// <summary>From the post of a webhook to the eviction that it leads to: the real program, an API server in this process, no evidence step.</summary>
internal static class ReactionBenchmark
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string program, IReadOnlyList<int> rates)
    {
        foreach (var rate in rates)
        {
            await MeasureAsync(program, rate);
        }
    }

    private static async Task MeasureAsync(string program, int rate)
    {
        var alerts = rate * (int)Duration.TotalSeconds;
        var warmup = Math.Min(200, alerts);
        await using var cluster = await FakeCluster.StartAsync(alerts + warmup);
        await using var engine = new EngineProcess(program, cluster.Address, ("ENGINE__ATONCEPERCLUSTER", "1000000"), ("ENGINE__ATONCEPERNAMESPACE", "1000000"));
        using var client = await engine.StartAsync();
        await PaceAsync(client, Enumerable.Range(alerts, warmup), 50, new());
        await EngineProcess.UntilAsync(() => cluster.Evicted.Count >= warmup, Settling);

        var sent = new ConcurrentDictionary<int, long>();
        var busyBefore = engine.Busy;
        await PaceAsync(client, Enumerable.Range(0, alerts), rate, sent);
        await EngineProcess.UntilAsync(() => cluster.Evicted.Count >= alerts + warmup, Settling);
        Print(rate, alerts, sent, cluster.Evicted, (engine.Busy - busyBefore) / alerts);
    }

    private static void Print(int rate, int alerts, ConcurrentDictionary<int, long> sent, ConcurrentDictionary<int, long> evicted, TimeSpan busy)
    {
        var times = sent.Where(s => evicted.ContainsKey(s.Key)).Select(s => Stopwatch.GetElapsedTime(s.Value, evicted[s.Key]).TotalMilliseconds).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rate}/s for {Duration.TotalSeconds:0} s: {times.Length} of {alerts} acted on; webhook to eviction P50 {At(times, 0.5):0} ms, P90 {At(times, 0.9):0} ms, P99 {At(times, 0.99):0} ms, most {At(times, 1):0} ms; {busy.TotalMilliseconds:0.0} ms of the program's CPU an alert"));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

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
