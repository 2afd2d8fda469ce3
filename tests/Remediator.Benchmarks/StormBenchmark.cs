using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>Four alerts on each of 5,000 workloads at once, and then a restart with all their incidents open.</summary>
internal static class StormBenchmark
{
    private static readonly string[] Names = [
        "KubePodCrashLooping", "KubePodNotReady", "KubeContainerWaiting", "KubeDeploymentReplicasMismatch"];

    public static async Task RunAsync(BenchmarkRun run)
    {
        foreach (var rules in run.Arguments.DefaultIfEmpty("nrules"))
        {
            Console.WriteLine($"rules run by {rules}");
            await RunAsync(run, rules);
        }
    }

    private static async Task RunAsync(BenchmarkRun run, string rules)
    {
        var workloads = Workloads(run);
        await using var cluster = await FakeCluster.StartAsync(workloads);
        await using var engine = new EngineProcess(run.Program, cluster.Address, ("Engine__Rules", rules));
        using (var client = await engine.StartAsync())
        {
            await StormAsync(engine, client, cluster, workloads);
        }

        await engine.KillAsync();
        await RestartAsync(engine, workloads);
    }

    public static int Workloads(BenchmarkRun run) => run.Size(5000, 100);

    /// <summary>Four of each workload, in bodies of 50 that go to the clients in turn.</summary>
    /// <returns>How many there are.</returns>
    public static async Task<int> PostAsync(IReadOnlyList<HttpClient> clients, int workloads)
    {
        var bodies = Enumerable.Range(0, workloads)
            .SelectMany(w => Names.Select(n => EngineProcess.Alert(w, n)))
            .Chunk(50)
            .Select((alerts, i) => (Alerts: alerts, Client: clients[i % clients.Count]))
            .ToList();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (body, _) =>
            await EngineProcess.PostAsync(body.Client, body.Alerts));
        return bodies.Sum(b => b.Alerts.Length);
    }

    private static async Task StormAsync(EngineProcess engine, HttpClient client, FakeCluster cluster, int workloads)
    {
        await EngineProcess.UntilReadyAsync(client);
        var clock = Stopwatch.StartNew();
        var alerts = await PostAsync([client], workloads);
        var acknowledged = clock.Elapsed;
        await Wait.UntilAsync(
            "an empty inbox", async () => await EngineProcess.MetricAsync(client, "remediator_inbox_waiting") == 0, CancellationToken.None,
            async () => $"{await EngineProcess.MetricAsync(client, "remediator_inbox_waiting")} of {alerts} alerts still wait.",
            TimeSpan.FromMinutes(5));
        var decided = clock.Elapsed;

        var (seen, open) = (Count(engine, Seen), Count(engine, Open));
        BenchmarkRun.Require(
            seen == alerts && open == workloads,
            $"{alerts} alerts of {workloads} resources were acknowledged, but the journal has {seen} alerts, and {open} "
                + $"resources with an open incident.");
        BenchmarkRun.Say(
            $"storm: {alerts:N0} alerts on {workloads:N0} resources: all acknowledged after {acknowledged.TotalSeconds:0.0} "
                + $"s, all decided and journalled after {decided.TotalSeconds:0.0} s; {engine.Busy.TotalSeconds:0.0} s of "
                + $"CPU, peak RSS {engine.PeakMegabytes:0} MB; {cluster.Calls:N0} calls of the API server, "
                + $"{cluster.Evicted.Count} evictions");
    }

    private static async Task RestartAsync(EngineProcess engine, int workloads)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        var late = $"SELECT count(*) FROM due_work WHERE due_at <= '{now}'";
        // as after an hour in which it was away
        Execute(engine, $"UPDATE due_work SET due_at = '{now}'");
        var (open, due) = (Count(engine, Open), Count(engine, late));
        BenchmarkRun.Require(
            open >= workloads && due >= workloads,
            $"There is nothing to resume: {open} resources have an open incident and {due} a wake-up that is due, and {workloads} should.");
        var clock = Stopwatch.StartNew();
        using var client = await engine.StartAsync();
        await EngineProcess.PostAsync(client, [EngineProcess.Alert(0, "Restarted")]);
        var accepted = clock.Elapsed;
        BenchmarkRun.Require(
            Count(engine, Open) >= open, $"{open} resources had an open incident before the restart, and {Count(engine, Open)} after it.");
        await Wait.UntilAsync(
            "wake-ups that were due at the restart, all done", async () =>
                await EngineProcess.SumAsync(client, "remediator_wakes") >= due, CancellationToken.None,
            async () => $"{await EngineProcess.SumAsync(client, "remediator_wakes")} of {due} are.", TimeSpan.FromMinutes(5));
        BenchmarkRun.Say(
            $"restart with {open:N0} open incidents ({due:N0} wake-ups that are due): first webhook accepted after "
                + $"{accepted.TotalSeconds:0.0} s, all that was due resumed after {clock.Elapsed.TotalSeconds:0.0} s; peak "
                + $"RSS {engine.PeakMegabytes:0} MB");
    }

    public const string Seen = "SELECT count(*) FROM event WHERE type = 'alert-observed'";
    public const string Open = "SELECT count(DISTINCT resource) FROM incident WHERE closed_at IS NULL AND resource LIKE '%/deployment/%'";

    public static long Count(EngineProcess engine, string sql) => (long)Execute(engine, sql)!;

    private static object? Execute(EngineProcess engine, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(engine.DataFolder, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
