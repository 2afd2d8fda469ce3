using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Remediator.Benchmarks;

/// <summary>Four alerts on each of 5,000 workloads at once, and then a restart with all their incidents open.</summary>
internal static class StormBenchmark
{
    private const int Workloads = 5000;
    private const int AlertsInAPost = 50;
    private const int Posts = 16;
    private static readonly string[] Names = ["KubePodCrashLooping", "KubePodNotReady", "KubeContainerWaiting", "KubeDeploymentReplicasMismatch"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="ruleEngines">Values of <c>Engine:Rules</c>, one storm with each.</param>
    public static async Task RunAsync(string program, IReadOnlyList<string> ruleEngines)
    {
        foreach (var rules in ruleEngines)
        {
            await RunAsync(program, rules);
        }
    }

    private static async Task RunAsync(string program, string rules)
    {
        Say($"rules run by {rules}");
        await using var cluster = await FakeCluster.StartAsync(Workloads);
        await using var engine = new EngineProcess(program, cluster.Address, ("Engine__Rules", rules));
        using (var client = await engine.StartAsync())
        {
            await StormAsync(engine, client, cluster);
        }

        await engine.KillAsync();
        await RestartAsync(engine);
    }

    private static async Task StormAsync(EngineProcess engine, HttpClient client, FakeCluster cluster)
    {
        await UntilReadyAsync(client);
        var bodies = Enumerable.Range(0, Workloads).SelectMany(w => Names.Select(n => EngineProcess.Alert(w, n))).Chunk(AlertsInAPost).ToList();
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Posts }, async (alerts, _) => await EngineProcess.PostAsync(client, alerts));
        var acknowledged = clock.Elapsed;
        while (await EngineProcess.MetricAsync(client, "remediator_inbox_waiting") > 0 && clock.Elapsed < Patience)
        {
            await Task.Delay(50);
        }

        Say($"storm: {Workloads * Names.Length:N0} alerts on {Workloads:N0} resources: all acknowledged after {acknowledged.TotalSeconds:0.0} s, all decided and journalled after {clock.Elapsed.TotalSeconds:0.0} s; {engine.Busy.TotalSeconds:0.0} s of CPU, peak RSS {engine.PeakMegabytes:0} MB; {cluster.Calls:N0} calls of the API server, {cluster.Evicted.Count} evictions");
    }

    private static async Task RestartAsync(EngineProcess engine)
    {
        var (open, due) = (Count(engine, "SELECT count(*) FROM incident WHERE closed_at IS NULL", ""), Count(engine, "SELECT count(*) FROM due_work", ""));
        var started = TimeProvider.System.GetUtcNow();
        var clock = Stopwatch.StartNew();
        using var client = await engine.StartAsync();
        await EngineProcess.PostAsync(client, [EngineProcess.Alert(0, "Restarted")]);
        var accepted = clock.Elapsed;
        var before = started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        var most = Count(engine, "SELECT count(*) FROM due_work WHERE due_at <= $before", before);
        while (Count(engine, "SELECT count(*) FROM due_work WHERE due_at <= $before", before) > 0 && clock.Elapsed < Patience)
        {
            await Task.Delay(100);
        }

        Say($"restart with {open:N0} open incidents ({due:N0} wake-ups, {most:N0} of them due at the first look): first webhook accepted after {accepted.TotalSeconds:0.0} s, all that was due resumed after {clock.Elapsed.TotalSeconds:0.0} s; peak RSS {engine.PeakMegabytes:0} MB");
    }

    public static async Task UntilReadyAsync(HttpClient client)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(50))
        {
            using var answer = await client.GetAsync("/readyz");
            if (answer.IsSuccessStatusCode)
                return;
        }
    }

    private static long Count(EngineProcess engine, string sql, string before)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(engine.DataFolder, "journal.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$before", before);
        return (long)command.ExecuteScalar()!;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
