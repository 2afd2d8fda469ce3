using System.Diagnostics;
using Remediator.Replicas.Tests.Harness;
using Remediator.Testing;

namespace Remediator.Replicas.Tests;

/// <summary>A replica's network is cut: it runs, and reaches neither the database nor the others nor the cluster.</summary>
[Trait("Needs", "Postgres")]
public sealed class CutOffTests
{
    private const int Fenced = 3;

    /// <summary>Each is placed by chance on one of three replicas, and the third may have joined a moment ago.</summary>
    private const int Workloads = 40;

    [Fact]
    public async Task IsTakenOver_AndEndsOnceItLearnsOfIt()
    {
        await using var network = await OwnNetwork.TryCreateAsync();
        if (network is null)
        {
            Assert.Skip("This machine lets nobody make a network namespace: it needs root, and iproute2.");
            return;
        }

        await using var set = await ReplicaSet.CreateAsync(ReplicaSet.Restart, network.Outside);
        using var tunnel = new Tunnel(network.Outside, set.Database.Port);
        foreach (var name in (string[])["a", "b"])
            await set.AddAsync(new(name, network.Outside, set.Database.Connection));
        var cut = await set.AddAsync(new(
            "c", network.Inside, set.Database.ConnectionThrough(network.Outside, tunnel.Port),
            await network.ProgramAsync(set.File("in-its-network"), RemediatorProgram.File)));
        await set.AwaitToldAsync("replica-joined", e => e.Payload.Contains($"\"{network.Inside}:", StringComparison.Ordinal));
        var spaces = Enumerable.Range(0, Workloads).Select(i => $"shop{i}").ToList();

        var isCut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        set.HoldVerification(isCut.Task, cut.Name);
        // until one of them is worked on by the one that is to be cut off
        string? space = null;
        for (var i = 0; space is null; i++)
        {
            Assert.True(i < spaces.Count, $"None of {Workloads} workloads was worked on by the third replica.");
            set.AddSick(spaces[i]);
            await set.PostAsync(spaces[i]);
            await set.AwaitAsync(
                "the outcome of the act", async () => (await set.OfAsync(spaces[i])).Any(e => e.Type == "action-succeeded"));
            space = set.Cluster.Effects.Single(e => e.Namespace == spaces[i]).By == cut.Name ? spaces[i] : null;
        }

        await network.CutAsync();
        isCut.SetResult();
        var began = Stopwatch.GetTimestamp();
        var other = await set.NextAskAsync((by, _, path) => by != cut.Name && ReplicaSet.IsOf(space, path));
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ReplicaSet.Say($"c was cut off while it verified: {other} looked at the workload after {took:0.0} s");
        await set.AwaitRepairedAsync(space);
        await set.AwaitToldAsync("replica-lost", e => e.Payload.Contains($"\"{network.Inside}:", StringComparison.Ordinal));
        Assert.Null(cut.Process.ExitCode);

        await network.HealAsync();
        var healed = Stopwatch.GetTimestamp();
        await set.AwaitAsync("the end of the one that was cut off", () => cut.Process.ExitCode is not null);
        ReplicaSet.Say(
            $"its network healed, it ended with {cut.Process.ExitCode} after {Stopwatch.GetElapsedTime(healed).TotalSeconds:0.0} s");
        Assert.Equal(Fenced, cut.Process.ExitCode);
        await set.AwaitToldAsync("replica-fenced");
        await set.AssertEachOnceAsync([.. spaces.TakeWhile(s => s != space), space]);
    }
}
