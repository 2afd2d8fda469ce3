using Remediator.Actions.Hosts.Reboot;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Tests.Hosts;

public sealed class MachineDoubtTests
{
    private const string Boot = "b1";

    private static readonly MachineState Well = new()
    {
        Identity = new Dictionary<string, string> { ["boot_id"] = Boot, ["machine_id"] = "m1" },
        Uptime = 1000,
        System = "running",
        IsScheduled = false,
        People = [],
        Inhibitors = [],
        IsMarked = false,
        IsAtIt = false,
    };

    [Theory]
    [InlineData("running", null)]
    [InlineData("degraded", null)]
    [InlineData("starting", "starting")]
    [InlineData("stopping", "stopping")]
    [InlineData("maintenance", "maintenance")]
    [InlineData("", "does not say what state it is in")]
    public void MachineThatIsOnItsWay_IsLeftAlone(string system, string? why) => Doubts(Well with { System = system }, why);

    [Fact]
    public void MachineWithPeopleOnIt_IsLeftAlone_AndTheyAreNamed() => Doubts(Well with { People = ["ada on pts/0"] }, "ada on pts/0");

    [Theory]
    [InlineData("""evidence{machine_kept="b1", reboot="allowed"}""", null)]
    [InlineData("""evidence{machine_kept="b0", reboot="allowed"}""", "nothing of this start of it was kept")]
    [InlineData("""evidence{reason="x"}""", "nothing of this start of it was kept")]
    public void WhatWasKeptOfAnotherStart_IsNoEvidence(string evidence, string? why) =>
        Doubts(Well, why, ResourceKinds.Host, evidence);

    [Theory]
    [InlineData("""pod{namespace="shop", pod="a", node="n1", phase="Running", workload_kind="deployment"}""", "shop/a")]
    [InlineData("""pod{namespace="shop", pod="a", node="n1", phase="Unknown", workload_kind="pod"}""", "shop/a")]
    [InlineData("""pod{namespace="shop", pod="a", node="n1", phase="Running", terminating="true", workload_kind="deployment"}""", null)]
    [InlineData("""pod{namespace="shop", pod="a", node="n1", phase="Succeeded", workload_kind="job"}""", null)]
    [InlineData("""pod{namespace="shop", pod="a", node="n1", phase="Running", workload_kind="daemonset"}""", null)]
    [InlineData("""pod{namespace="shop", pod="a", node="n2", phase="Running", workload_kind="deployment"}""", null)]
    [InlineData("""node{node="n1", role="control-plane"}""", "control plane")]
    public void NodeWithWorkOnIt_IsDrainedFirst(string fact, string? why) =>
        Doubts(Well, why, ResourceKinds.Node, """evidence{machine_kept="b1"}""", fact);

    [Theory]
    [InlineData("b1", 1010, false)]
    [InlineData("b2", 20, true)]
    [InlineData("b1", 20, true)] // the same boot id each time: the kernel's clock tells
    [InlineData("b2", 1010, true)] // a container has the clock of its host
    public void AnotherStart_IsAnotherBootIdOrAClockThatBeganAnew(string boot, double uptime, bool isAnother) => Assert.Equal(
        isAnother,
        (Well with { Uptime = uptime, Identity = new Dictionary<string, string> { ["boot_id"] = boot } }).IsAnotherStart(Boot, 1000));

    private static void Doubts(MachineState machine, string? why, string kind = ResourceKinds.Host, params string[] facts)
    {
        var seen = (facts.Length > 0 ? facts : ["""evidence{machine_kept="b1"}"""]).Select(f => Fact.Parse(f));
        var doubt = MachineDoubt.Of(machine, new()
        {
            ActionId = "act",
            IncidentId = "incident",
            Resource = new("test", kind, "", "n1"),
            Input = new RebootInput(),
            Facts = new(1, DateTimeOffset.UnixEpoch, [.. seen]),
            NotAfter = DateTimeOffset.MaxValue,
        });
        if (why is null)
            Assert.Null(doubt);
        else
            Assert.Contains(why, doubt ?? "no doubt", StringComparison.Ordinal);
    }
}
