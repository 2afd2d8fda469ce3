using System.Diagnostics;
using Remediator.Replicas.Tests.Harness;
using Remediator.Testing.Kubernetes;

namespace Remediator.Replicas.Tests;

/// <summary>A replica dies by SIGKILL, as with its node.</summary>
[Trait("Needs", "Postgres")]
public sealed class DeathTests
{
    /// <summary>Of an act, in these tests' time, and the margin after it.</summary>
    private const int ActAndMargin = 15;

    [Fact]
    public async Task WhileItVerifies_AnotherGoesOn()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Restart, "a", "b", "c");
        set.AddSick("shop");
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        set.HoldVerification(killed.Task);
        await set.PostAsync("shop");
        await set.AwaitAsync("the outcome of the act", async () => (await set.OfAsync("shop")).Any(e => e.Type == "action-succeeded"));
        var worker = set.Named(Assert.Single(set.Cluster.Effects).By);

        await worker.Process.KillAsync(TestContext.Current.CancellationToken);
        var since = Stopwatch.GetTimestamp();
        killed.SetResult();

        var other = await set.NextAskAsync((by, _, path) => by != worker.Name && ReplicaSet.IsOf("shop", path));
        var took = Stopwatch.GetElapsedTime(since).TotalSeconds;
        ReplicaSet.Say($"{worker.Name} was killed while it verified: {other} looked at the workload after {took:0.0} s");
        await set.AwaitRepairedAsync("shop");
        await set.AssertEachOnceAsync(["shop"]);
        var lost = await set.AwaitToldAsync("replica-lost");
        Assert.Contains("\"declaredBy\":[\"127.0.0.1:", lost.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAnEffectThatNobodyKnowsOf_AnotherAsks_AndDoesNotDoItAgain()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Restart, "a", "b", "c");
        set.AddSick("shop");
        var made = new TaskCompletionSource<Effect>(TaskCreationOptions.RunContinuationsAsynchronously);
        set.Cluster.Changed = effect =>
            made.TrySetResult(effect) ? Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) : Task.CompletedTask;
        await set.PostAsync("shop");
        await set.AwaitAsync("a change", () => made.Task.IsCompleted);

        await set.Named((await made.Task).By).Process.KillAsync(TestContext.Current.CancellationToken);
        var killed = Stopwatch.GetTimestamp();

        await set.AwaitAsync("the question what became of it", async () => (await set.OfAsync("shop")).Any(e => e.Type == "action-probed"));
        var took = Stopwatch.GetElapsedTime(killed).TotalSeconds;
        ReplicaSet.Say(
            $"{(await made.Task).By} was killed with an act in flight: the target was asked after {took:0.0} s, of which the "
                + $"act's deadline and margin are {ActAndMargin} s");
        Assert.Contains(
            "\"Happened\"", Assert.Single(await set.OfAsync("shop"), e => e.Type == "action-probed").Payload, StringComparison.Ordinal);
        await set.AwaitRepairedAsync("shop");
        await set.AssertEachOnceAsync(["shop"]);
    }

    [Fact]
    public async Task OfTheLeader_AnotherLeads_AndAlertsOnTheWayAreNotLost()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Evict, "a", "b", "c");
        var spaces = Enumerable.Range(0, 10).Select(i => $"shop{i}").ToList();
        spaces.ForEach(set.AddSick);
        var leader = await set.LeaderAsync();

        // one is killed between an answer and the delivery of what it has answered
        foreach (var space in spaces.Take(5))
            await set.PostAsync(space);
        await leader.Process.KillAsync(TestContext.Current.CancellationToken);
        var killed = Stopwatch.GetTimestamp();
        foreach (var space in spaces.Skip(5))
            await set.PostAsync(space);

        await set.LeaderAsync();
        ReplicaSet.Say(
            $"{leader.Name} was killed while it led: {(await set.LeaderAsync()).Name} led after "
                + $"{Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s");
        foreach (var space in spaces)
            await set.AwaitRepairedAsync(space);
        ReplicaSet.Say($"all ten were repaired after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s");
        await set.AssertEachOnceAsync(spaces);
    }
}
