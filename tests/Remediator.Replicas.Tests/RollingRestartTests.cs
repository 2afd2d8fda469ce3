using System.Diagnostics;
using Remediator.Replicas.Tests.Harness;

namespace Remediator.Replicas.Tests;

/// <summary>One after another is asked to end (SIGTERM) and started again, as a rollout does, while alerts come in.</summary>
[Trait("Needs", "Postgres")]
public sealed class RollingRestartTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task UnderAStreamOfAlerts_LosesNothing_AndDoublesNothing()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Evict, "a", "b", "c");
        using var over = new CancellationTokenSource();
        var stream = StreamAsync(set, over.Token);

        foreach (var replica in set.Replicas)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(0, await replica.Process.StopAsync(TestContext.Current.CancellationToken));
            var ended = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await replica.StartAsync();
            await set.AwaitReadyAsync(replica);
            ReplicaSet.Say(
                $"{replica.Name} ended after {ended:0.0} s and was ready again after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        }

        await over.CancelAsync();
        var (spaces, putOff) = await stream;
        foreach (var space in spaces)
            await set.AwaitRepairedAsync(space);
        ReplicaSet.Say($"{spaces.Count} workloads fell sick meanwhile; {putOff} deliveries were put off and came again");
        await set.AssertEachOnceAsync(spaces);
        Assert.DoesNotContain(await set.Database.EntriesAsync("test/engine//replicas"), e => e.Type is "replica-lost" or "replica-fenced");
        await set.AwaitToldAsync("replica-left");
    }

    private static async Task<(IReadOnlyCollection<string> Spaces, int PutOff)> StreamAsync(ReplicaSet set, CancellationToken over)
    {
        var spaces = new List<string>();
        var putOff = 0;
        while (!over.IsCancellationRequested)
        {
            var space = $"shop{spaces.Count}";
            set.AddSick(space);
            putOff += await set.PostAsync(space);
            spaces.Add(space);
            await Task.Delay(Every, TestContext.Current.CancellationToken);
        }

        return (spaces, putOff);
    }
}
