using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>The storm on PostgreSQL: one replica, and then three that share the work, one after the other in the same run.</summary>
internal static class ReplicasBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        foreach (var replicas in (int[])[1, 3])
            await RunAsync(run, replicas);
    }

    private static async Task RunAsync(BenchmarkRun run, int replicas)
    {
        var workloads = StormBenchmark.Workloads(run);
        await using var cluster = await FakeCluster.StartAsync(workloads);
        await using var database = new PostgresDatabase();
        var shared = Directory.CreateTempSubdirectory("remediator-benchmark-");
        var key = Path.Combine(shared.FullName, "key.pem");
        using (var signing = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(key, signing.ExportPkcs8PrivateKeyPem());
        var engines = new List<EngineProcess>();
        var clients = new List<HttpClient>();
        try
        {
            for (var i = 0; i < replicas; i++)
            {
                engines.Add(new(
                    run.Program, cluster.Address, ("JOURNAL__POSTGRES", database.Connection),
                    ("JOURNAL__POSTGRESPASSWORDFILE", database.PasswordFile), ("JOURNAL__CHECKPOINTKEYFILE", key),
                    ("SILO__PORT", FreePort.Take().ToString(CultureInfo.InvariantCulture))));
                clients.Add(await engines[i].StartAsync());
                await EngineProcess.UntilReadyAsync(clients[i]);
            }

            await StormAsync(database, engines, clients, workloads);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
            foreach (var engine in engines)
                await engine.DisposeAsync();
            shared.Delete(recursive: true);
        }
    }

    private static async Task StormAsync(PostgresDatabase database, List<EngineProcess> engines, List<HttpClient> clients, int workloads)
    {
        await using var connection = await database.OpenAsync();
        var clock = Stopwatch.StartNew();
        var alerts = await StormBenchmark.PostAsync(clients, workloads);
        var acknowledged = clock.Elapsed;
        await Wait.UntilAsync(
            "an empty inbox", async () => await CountAsync(Waiting) == 0, CancellationToken.None,
            async () => $"{await CountAsync(Waiting)} of {alerts} alerts still wait.", TimeSpan.FromMinutes(5));
        var decided = clock.Elapsed;

        var (seen, open) = (await CountAsync(StormBenchmark.Seen), await CountAsync(StormBenchmark.Open));
        BenchmarkRun.Require(
            seen == alerts && open == workloads,
            $"{alerts} alerts of {workloads} resources were acknowledged, but the journal has {seen} alerts, and {open} "
                + $"resources with an open incident.");
        BenchmarkRun.Say(
            $"{engines.Count} on PostgreSQL: {alerts:N0} alerts on {workloads:N0} resources: all acknowledged after "
                + $"{acknowledged.TotalSeconds:0.0} s, all decided and journalled after {decided.TotalSeconds:0.0} s; "
                + $"{engines.Sum(e => e.Busy.TotalSeconds):0.0} s of CPU without the database's, peak RSS "
                + $"{engines.Max(e => e.PeakMegabytes):0} MB");

        async Task<long> CountAsync(string sql)
        {
            await using var command = new NpgsqlCommand($"SET search_path TO remediator; {sql}", connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private const string Waiting = "SELECT count(*) FROM inbox";
}
