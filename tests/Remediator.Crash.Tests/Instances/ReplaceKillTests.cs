using static Remediator.Crash.Tests.Instances.Rungs;

namespace Remediator.Crash.Tests.Instances;

/// <inheritdoc cref="InstanceKillTests"/>
public sealed class ReplaceKillTests
{
    [Fact]
    public async Task NodeThatNoRebootMends_IsReplacedOnce()
    {
        await using var nodes = await NodesOnEc2.StartAsync();
        using var engine = new KilledEngine(nodes, rebootHelpsWithin: "20s");
        await DieInAsync(engine, Drain, "before-call", "after-effect-before-outcome");
        await DieInAsync(engine, Standby, "after-effect-before-outcome");
        nodes.Settle();
        await DieInAsync(engine, Reboot, "in RebootInstances");
        nodes.StartInVain("remediator.io/rebooted-at");
        await DieInAsync(engine, Replace, "after-intent-commit", "in SetDesiredCapacity", "before-progress");
        nodes.Join();
        await DieInAsync(engine, Replace, "after-push-intent-commit", $"in {Terminate}", "before-progress");
        nodes.End();
        await DieInAsync(engine, Replace, "after-end-before-outcome", "during-verification");
        var entries = await engine.EndAsync();

        AssertStory(engine, entries, Drain, Standby, Reboot, Replace);
        AssertCalls(nodes, ("EnterStandby", 1), ("RebootInstances", 1), ("SetDesiredCapacity", 1), (Terminate, 1));
        Assert.Equal((1, "terminated", 3), (nodes.Instance.Reboots, nodes.Instance.State, nodes.Desired));
    }

    /// <summary>EC2 has announced the end of its hardware; on other hardware it is as silent as before, and not rebooted there.</summary>
    [Fact]
    public async Task NodeThatNoOtherHardwareMends_IsReplacedOnce_AndNeverRebooted()
    {
        await using var nodes = await NodesOnEc2.StartAsync();
        nodes.Instance.Event = "instance-retirement";
        using var engine = new KilledEngine(nodes, rebootHelpsWithin: "20s");
        // the drain comes before it
        await DieInAsync(engine, Standby, "before-call:2", "before-progress");
        nodes.Settle();
        await DieInAsync(engine, StopStart, "in StopInstances");
        nodes.Settle();
        await DieInAsync(engine, StopStart, "in StartInstances");
        nodes.Settle();
        nodes.StartInVain("remediator.io/moving-at");
        await DieInAsync(engine, StopStart, "after-end-before-outcome", "during-verification");
        await DieInAsync(engine, Replace, "after-intent-commit", "in SetDesiredCapacity");
        nodes.Join();
        await DieInAsync(engine, Replace, $"in {Terminate}");
        nodes.End();
        var entries = await engine.EndAsync();

        AssertStory(engine, entries, Drain, Standby, StopStart, Replace);
        AssertCalls(
            nodes, ("EnterStandby", 1), ("StopInstances", 1), ("StartInstances", 1), ("SetDesiredCapacity", 1), (Terminate, 1));
        Assert.Equal((0, "terminated", 3), (nodes.Instance.Reboots, nodes.Instance.State, nodes.Desired));
    }

    /// <summary>EC2 has announced the end of its hardware, so that no reboot comes before; and it cannot be stopped.</summary>
    [Fact]
    public async Task NodeWhoseHardwareIsGivenUp_IsReplacedOnce()
    {
        await using var nodes = await NodesOnEc2.StartAsync();
        (nodes.Instance.Event, nodes.Instance.IsEbs) = ("instance-retirement", false);
        using var engine = new KilledEngine(nodes);
        // the drain comes before it
        await DieInAsync(engine, Standby, "before-call:2", "in EnterStandby", "before-progress");
        nodes.Settle();
        await DieInAsync(engine, Standby, "after-end-before-outcome");
        await DieInAsync(engine, Replace, "before-call", "after-effect-before-outcome", "after-began-commit", "before-progress");
        nodes.Join();
        await DieInAsync(engine, Replace, "before-call", "after-effect-before-outcome");
        nodes.End();
        var entries = await engine.EndAsync();

        AssertStory(engine, entries, Drain, Standby, Replace);
        AssertCalls(nodes, ("EnterStandby", 1), (Terminate, 1));
        Assert.Equal((0, "terminated", 3), (nodes.Instance.Reboots, nodes.Instance.State, nodes.Desired));
    }
}
