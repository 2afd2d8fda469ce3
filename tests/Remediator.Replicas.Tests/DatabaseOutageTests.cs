using System.Diagnostics;
using System.Net;
using Remediator.Replicas.Tests.Harness;
using Remediator.Testing;

namespace Remediator.Replicas.Tests;

/// <summary>The database of all replicas stops under load, and comes back.</summary>
[Trait("Needs", "Postgres")]
public sealed class DatabaseOutageTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task IsAnsweredWith503_AndOverByItself_WithNothingLost()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var set = await ReplicaSet.CreateAsync(ReplicaSet.Evict, postgres: postgres.Admin);
        foreach (var name in (string[])["a", "b", "c"])
            await set.AddAsync(new(name, "127.0.0.1", set.Database.Connection));
        using var over = new CancellationTokenSource();
        var stream = StreamAsync(set, over.Token);
        await set.AwaitAsync("the first repair", () => !set.Cluster.Effects.IsEmpty);

        await postgres.CrashAsync();
        await set.AwaitAsync(
            "readiness to be taken back", async () => await set.Replicas[0].AskAsync("/readyz") is HttpStatusCode.ServiceUnavailable);
        await Outage.LastsAsync();
        await postgres.UpAsync();
        var began = Stopwatch.GetTimestamp();
        foreach (var replica in set.Replicas)
            await set.AwaitReadyAsync(replica);
        ReplicaSet.Say(
            $"the database was away for {Outage.Length.TotalSeconds:0} s; all replicas were ready again "
                + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after it was back");

        await over.CancelAsync();
        var (spaces, putOff) = await stream;
        Assert.NotEqual(0, putOff);
        foreach (var space in spaces)
            await set.AwaitRepairedAsync(space);
        ReplicaSet.Say(
            $"{spaces.Count} workloads fell sick meanwhile, all repaired {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} "
                + $"s after it was back; {putOff} deliveries were put off");
        await set.AssertEachOnceAsync(spaces);
        Assert.All(set.Replicas, r => Assert.Null(r.Process.ExitCode));
    }

    /// <summary>Alertmanager sends again what is put off, and meanwhile sends others.</summary>
    private static async Task<(IReadOnlyList<string> Spaces, int PutOff)> StreamAsync(ReplicaSet set, CancellationToken over)
    {
        var posts = new Dictionary<string, Task<int>>();
        while (!over.IsCancellationRequested)
        {
            var space = $"shop{posts.Count}";
            set.AddSick(space);
            posts[space] = set.PostAsync(space);
            await Task.Delay(Every, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(posts.Values);
        return ([.. posts.Keys], posts.Values.Sum(p => p.Result));
    }
}
