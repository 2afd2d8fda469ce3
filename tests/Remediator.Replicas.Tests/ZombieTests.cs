using System.Diagnostics;
using Remediator.Replicas.Tests.Harness;

namespace Remediator.Replicas.Tests;

/// <summary>A replica stands still in the middle of an act (SIGSTOP), is declared dead, and comes back.</summary>
[Trait("Needs", "Postgres")]
public sealed class ZombieTests
{
    /// <summary>What ends with it may be started again at once.</summary>
    private const int Fenced = 3;

    [Fact]
    public async Task ComesBack_FindsThatOthersDidItsWork_AndEnds()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Restart, "a", "b", "c");
        set.AddSick("shop");
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asks = set.NextAskAsync((_, method, path) => method == "PATCH" && ReplicaSet.IsOf("shop", path), _ => goesOn.Task);
        await set.PostAsync("shop");
        // its request is on the way, and the target has not looked at it yet
        var zombie = set.Named(await asks);

        zombie.Process.Suspend();
        var stopped = Stopwatch.GetTimestamp();
        var lost = await set.AwaitToldAsync("replica-lost");
        ReplicaSet.Say(
            $"{zombie.Name} stood still: declared dead after "
                + $"{(lost.At - (TimeProvider.System.GetUtcNow() - Stopwatch.GetElapsedTime(stopped))).TotalSeconds:0.0} s");
        await set.AwaitRepairedAsync("shop");
        ReplicaSet.Say(
            $"its act was done by another and verified {Stopwatch.GetElapsedTime(stopped).TotalSeconds:0.0} s after it stood still");
        await Outage.LastsAsync(Stopwatch.GetElapsedTime(stopped));
        goesOn.SetResult();
        zombie.Process.Resume();
        var resumed = Stopwatch.GetTimestamp();

        await set.AwaitAsync("the end of the zombie", () => zombie.Process.ExitCode is not null);
        ReplicaSet.Say(
            $"resumed, it ended with {zombie.Process.ExitCode} after {Stopwatch.GetElapsedTime(resumed).TotalSeconds:0.0} s: "
                + $"{string.Join(" ", zombie.Process.Stderr.TakeLast(1))}");
        Assert.Equal(Fenced, zombie.Process.ExitCode);
        var fenced = await set.AwaitToldAsync("replica-fenced");
        ReplicaSet.Say($"the journal says: {fenced.Payload}");
        var told = await set.OfAsync("shop");
        Assert.Contains("\"DidNotHappen\"", Assert.Single(told, e => e.Type == "action-probed").Payload, StringComparison.Ordinal);
        await set.AssertEachOnceAsync(["shop"]);
        Assert.NotEqual(zombie.Name, Assert.Single(set.Cluster.Effects).By);

        // a restart joins as a new one and shares the work
        await zombie.StartAsync();
        await set.AwaitReadyAsync(zombie);
        set.AddSick("again");
        await set.PostAsync("again");
        await set.AwaitRepairedAsync("again");
        await set.AssertEachOnceAsync(["again"]);
    }
}
