using Remediator.Core.Events;
using static Remediator.Crash.Tests.Instances.Rungs;

namespace Remediator.Crash.Tests.Instances;

/// <summary>
/// A node on EC2 is repaired by an engine that is killed at the boundaries of each rung, and in each call to AWS: nothing is asked for
/// twice, nothing of ours is left, and the journal has it all.
/// </summary>
public sealed class InstanceKillTests
{
    [Fact]
    public async Task NodeThatARebootMends_IsRebootedOnce_AndAllIsTakenBack()
    {
        await using var nodes = await NodesOnEc2.StartAsync();
        using var engine = new KilledEngine(nodes);
        await DieInAsync(engine, Drain, "after-intent-commit", "after-effect-before-outcome");
        await DieInAsync(engine, Standby, "after-intent-commit", "in EnterStandby", "before-progress");
        nodes.Settle();
        await DieInAsync(engine, Standby, "after-end-before-outcome");
        await DieInAsync(engine, Reboot, "before-call", "after-began-commit", "before-progress");
        nodes.Mend();
        await DieInAsync(engine, Reboot, "after-end-before-outcome", "during-verification");
        await DieInAsync(engine, Reboot, "before-undo-intent-commit", "after-undo-intent-commit", "in ExitStandby");
        nodes.Settle();
        await DieInAsync(engine, Reboot, "after-undo-before-outcome");
        var entries = await engine.EndAsync();

        AssertStory(engine, entries, Drain, Standby, Reboot);
        Assert.Equal(
            ["Instance i-0123456789abcdef1 is in service in Auto Scaling group workers.", "node n1 takes pods again."],
            entries.Select(e => e.Event).OfType<ActionUndone>().Select(u => u.Message));
        AssertCalls(nodes, ("EnterStandby", 1), ("RebootInstances", 1), ("ExitStandby", 1));
        Assert.Equal((1, "InService", 3), (nodes.Instance.Reboots, nodes.Instance.Lifecycle, nodes.Desired));
        Assert.True(nodes.IsFree, nodes.Node!.ToJsonString());
        Assert.Equal(["remediator.io/rebooted-at", "remediator.io/rebooted-boot", "remediator.io/rebooted-by"], nodes.Marks);
    }

    /// <summary>EC2 has announced the end of its hardware.</summary>
    [Fact]
    public async Task NodeOnBadHardware_IsStoppedAndStartedOnce_AndAllIsTakenBack()
    {
        await using var nodes = await NodesOnEc2.StartAsync();
        nodes.Instance.Event = "instance-retirement";
        using var engine = new KilledEngine(nodes);
        // the drain comes before it
        await DieInAsync(engine, Standby, "before-call:2", "before-progress");
        nodes.Settle();
        await DieInAsync(engine, Standby, "after-end-before-outcome");
        await DieInAsync(engine, StopStart, "after-intent-commit", "in StopInstances", "before-progress");
        nodes.Settle();
        await DieInAsync(engine, StopStart, "after-push-intent-commit", "in StartInstances", "before-progress");
        nodes.Settle();
        nodes.Mend();
        await DieInAsync(engine, StopStart, "after-end-before-outcome", "during-verification");
        await DieInAsync(engine, StopStart, "before-undo-intent-commit", "in ExitStandby");
        nodes.Settle();
        var entries = await engine.EndAsync();

        AssertStory(engine, entries, Drain, Standby, StopStart);
        AssertCalls(nodes, ("EnterStandby", 1), ("StopInstances", 1), ("StartInstances", 1), ("ExitStandby", 1));
        Assert.Equal(("running", "InService", 3), (nodes.Instance.State, nodes.Instance.Lifecycle, nodes.Desired));
        Assert.True(nodes.IsFree, nodes.Node!.ToJsonString());
        Assert.Equal(
            ["remediator.io/moving", "remediator.io/moving-asked", "remediator.io/moving-at", "remediator.io/moving-boot"], nodes.Marks);
    }
}
