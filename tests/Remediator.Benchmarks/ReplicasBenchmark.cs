using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>The storm on PostgreSQL: one replica, and then three that share the work, one after the other in the same run.</summary>
internal static class ReplicasBenchmark
{
    private const int Workloads = 5000;
    private const int AlertsInAPost = 50;
    private const int Posts = 16;
    private static readonly string[] Names = ["KubePodCrashLooping", "KubePodNotReady", "KubeContainerWaiting", "KubeDeploymentReplicasMismatch"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(string program)
    {
        foreach (var replicas in (int[])[1, 3])
            await RunAsync(program, replicas);
    }

    private static async Task RunAsync(string program, int replicas)
    {
        await using var cluster = await FakeCluster.StartAsync(Workloads);
        await using var database = await PostgresDatabase.CreateAsync(PostgresDatabase.Shared);
        var shared = Directory.CreateTempSubdirectory("remediator-benchmark-");
        var (password, key) = (Path.Combine(shared.FullName, "password"), Path.Combine(shared.FullName, "key.pem"));
        await File.WriteAllTextAsync(password, database.Password);
        using (var signing = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(key, signing.ExportPkcs8PrivateKeyPem());
        var engines = new List<EngineProcess>();
        var clients = new List<HttpClient>();
        try
        {
            for (var i = 0; i < replicas; i++)
            {
                engines.Add(new(
                    program, cluster.Address, ("JOURNAL__POSTGRES", database.Connection()), ("JOURNAL__POSTGRESPASSWORDFILE", password), ("JOURNAL__CHECKPOINTKEYFILE", key),
                    ("SILO__PORT", FreePort.Take().ToString(CultureInfo.InvariantCulture))));
                clients.Add(await engines[i].StartAsync());
                await StormBenchmark.UntilReadyAsync(clients[i]);
            }

            await StormAsync(database, engines, clients);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
            foreach (var engine in engines)
                await engine.DisposeAsync();
            shared.Delete(recursive: true);
        }
    }

    private static async Task StormAsync(PostgresDatabase database, List<EngineProcess> engines, List<HttpClient> clients)
    {
        var bodies = Enumerable.Range(0, Workloads).SelectMany(w => Names.Select(n => EngineProcess.Alert(w, n))).Chunk(AlertsInAPost).Select((alerts, i) => (alerts, client: clients[i % clients.Count])).ToList();
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Posts }, async (body, _) => await EngineProcess.PostAsync(body.client, body.alerts));
        var acknowledged = clock.Elapsed;
        await using var connection = await database.OpenAsync();
        await using var waiting = new NpgsqlCommand("SELECT count(*) FROM remediator.inbox", connection);
        while ((long)(await waiting.ExecuteScalarAsync())! > 0 && clock.Elapsed < Patience)
        {
            await Task.Delay(50);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{engines.Count} on PostgreSQL: {Workloads * Names.Length:N0} alerts on {Workloads:N0} resources: all acknowledged after {acknowledged.TotalSeconds:0.0} s, all decided and journalled after {clock.Elapsed.TotalSeconds:0.0} s; {engines.Sum(e => e.Busy.TotalSeconds):0.0} s of CPU without the database's, peak RSS {engines.Max(e => e.PeakMegabytes):0} MB"));
    }
}
