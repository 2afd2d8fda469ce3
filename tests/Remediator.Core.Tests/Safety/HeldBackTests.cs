using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

public sealed class HeldBackTests
{
    private readonly Bench _bench = new();

    [Theory]
    [InlineData("being debugged", "being debugged")]
    [InlineData("being debugged until=2026-11-23T12:30:00Z", "being debugged (until 2026-11-23 12:30:00Z)")]
    [InlineData("until=2026-11-23T20:30:00+08:00 being  debugged", "being debugged (until 2026-11-23 12:30:00Z)")]
    [InlineData("until=2026-11-23T12:00Z over", null)]
    [InlineData("until=2026-11-23T12:00:00.5Z half a second", "half a second (until 2026-11-23 12:00:00Z)")]
    [InlineData("x until=tomorrow", "x (its end 'until=tomorrow' cannot be read; write until=2026-11-24T18:00:00Z)")]
    [InlineData("x until=2026-11-23T10:00:00", "x (its end 'until=2026-11-23T10:00:00' cannot be read; write until=2026-11-24T18:00:00Z)")]
    [InlineData("until=2026-11-24T12:00:00Z", "no reason is given (until 2026-11-24 12:00:00Z)")]
    [InlineData("True", "True")]
    [InlineData("False", null)]
    [InlineData("", null)]
    public void Annotation_Holds(string value, string? said)
    {
        _bench.Workload["hold"] = value;
        AssertHeld(said is null ? null : $"deployment shop/api carries remediator.io/hold: {said}");
    }

    [Fact]
    public void Annotation_OfTheNamespace_HoldsWhereThatOfTheWorkloadIsOver()
    {
        _bench.Workload["hold"] = "x until=2026-11-23T11:00:00Z";
        _bench.Workload["namespace_hold"] = "moving house";
        AssertHeld("the namespace shop carries remediator.io/hold: moving house");
    }

    [Theory]
    [InlineData("false", "false", "hold", "rebuilding", "the node n1 carries remediator.io/hold: rebuilding; now: pod api-1 is on it")]
    [InlineData("false", "false", "taken_by", "kured (lock)", "the node n1 is being worked on by kured (lock); now: pod api-1 is on it")]
    [InlineData("true", "true", "taken_by", "kured (lock)", "the node n1 is being worked on by kured (lock); now: pod api-1 is on it")]
    [InlineData("true", "false", "taken_by", "kured (lock)", null)]
    public void Node_OfAPodThatDoesNotWork_HoldsItsWorkload(string ready, string crashing, string field, string value, string? reason)
    {
        _bench.More.Add(
            Fact.Parse($$"""pod{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",node="n1",ready="{{ready}}",crashing="{{crashing}}"}"""));
        _bench.More.Add(Fact.Parse($$"""node{node="n1",{{field}}="{{value}}"}"""));
        _bench.More.Add(Fact.Parse("""node{node="n2",hold="elsewhere"}"""));
        AssertHeld(reason);
    }

    [Theory]
    [InlineData("hold", "rebuilding", "the node n1 carries remediator.io/hold: rebuilding")]
    [InlineData("taken_by", "Karpenter (taint)", "the node n1 is being worked on by Karpenter (taint)")]
    [InlineData("cordoned", "true", "a person has cordoned node n1")]
    [InlineData("cordoned", "false", null)]
    public void Node_IsHeldByItsOwnMarks(string field, string value, string? reason)
    {
        _bench.Resource = new("test", "node", "", "n1");
        _bench.More.Add(new("node", new Dictionary<string, string> { ["node"] = "n1", [field] = value }, _bench.Now));
        Assert.Equal(reason, Check("held", "kubernetes.evict-pod").Refusal);
    }

    /// <summary>
    /// kubereboot/kured #478 and kubernetes/autoscaler #5657: the mark of a tool stays for ever on a node that does not come back.
    /// </summary>
    [Theory]
    [InlineData("false", 59, false)]
    [InlineData("false", 61, true)]
    [InlineData("unknown", 9000, true)]
    [InlineData("true", 9000, false)]
    public void ToolThatHasHadADeadNodeForAnHour_IsNoReasonForSilence(string ready, int minutes, bool told)
    {
        _bench.Resource = new("test", "node", "", "n1");
        _bench.More.Add(new(
            "node", new Dictionary<string, string> { ["node"] = "n1", ["ready"] = ready, ["taken_by"] = "kured (lock)" },
            _bench.Now.AddMinutes(-minutes)));
        var verdict = Check("held", "kubernetes.cordon");
        Assert.Equal((false, told), (verdict.IsAllowed, verdict.Final));
        Assert.Contains(
            told ? $"in the hands of kured (lock), and has not been ready for {minutes} min" : "is being worked on by kured (lock)",
            verdict.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", "deployment shop/api is being deleted")]
    [InlineData("false", null)]
    public void WorkloadThatIsBeingDeleted_IsInSomebodysHands(string deleting, string? reason)
    {
        _bench.Workload["deleting"] = deleting;
        AssertHeld(reason);
    }

    [Theory]
    [InlineData("unknown", "", "i-1", "Warmed:Stopped", "stopped", "",
        "the node n1 is meant to be off: instance i-1 is in the warm pool of group g (Warmed:Stopped)")]
    [InlineData("false", "true", "i-1", "", "stopping", "Client.InstanceInitiatedShutdown",
        "the node n1 is meant to be off: instance i-1 is stopping (Client.InstanceInitiatedShutdown)")]
    [InlineData("unknown", "", "i-1", "", "stopped", "Client.UserInitiatedShutdown",
        "the node n1 is meant to be off: instance i-1 is stopped (Client.UserInitiatedShutdown)")]
    [InlineData("unknown", "true", "", "", "", "", "the node n1 is meant to be off: its cloud says that the machine is shut down")]
    [InlineData("unknown", "true", "i-1", "", "stopped", "Server.ScheduledStop", null)]
    [InlineData("unknown", "true", "i-1", "", "", "", null)]
    [InlineData("unknown", "true", "i-1", "", "stopped", "", null)]
    [InlineData("unknown", "", "i-1", "", "stopped", "Client.InternalError", null)]
    [InlineData("unknown", "false", "i-1", "InService", "running", "", null)]
    [InlineData("unknown", "false", "i-1", "Standby", "stopped", "Client.UserInitiatedShutdown", null)]
    [InlineData("true", "true", "i-1", "Warmed:Running", "running", "", null)]
    public void Node_ThatIsMeantToBeOff_IsHeld(
        string ready, string switchedOff, string id, string lifecycle, string state, string stateReason, string? reason)
    {
        _bench.Resource = new("test", "node", "", "n1");
        _bench.More.Add(Fact.Parse($$"""node{node="n1",ready="{{ready}}",switched_off="{{switchedOff}}"}"""));
        if (id.Length > 0)
        {
            _bench.More.Add(Fact.Parse(
                $$"""instance{node="n1",instance_id="{{id}}",group="g",lifecycle="{{lifecycle}}","""
                    + $$"""state="{{state}}",state_reason="{{stateReason}}"}"""));
        }

        Assert.Equal(reason, Check("held", "kubernetes.evict-pod").Refusal);
    }

    /// <summary>Of an instance of no group, which needs no Standby; whoever stops it, EC2 gives the same reason.</summary>
    [Theory]
    [InlineData("true", "", null)]
    [InlineData("true", "true", null)]
    [InlineData("false", "", "the node n1 is meant to be off: instance i-1 is stopped (Client.UserInitiatedShutdown)")]
    public void NodeWhoseMachineWeHaveStoppedToMoveIt_IsNotMeantToBeOff(string moving, string switchedOff, string? reason)
    {
        _bench.Resource = new("test", "node", "", "n1");
        _bench.More.Add(Fact.Parse($$"""node{node="n1",ready="unknown",moving="{{moving}}",switched_off="{{switchedOff}}"}"""));
        _bench.More.Add(Fact.Parse(
            """instance{node="n1",instance_id="i-1",state="stopped",state_reason="Client.UserInitiatedShutdown"}"""));
        Assert.Equal(reason, Check("held", "kubernetes.evict-pod").Refusal);
        Assert.Equal(reason is null ? [] : ["n1"], SwitchedOff.In(_bench.World().View));
    }

    [Theory]
    [InlineData("remediator", true)]
    [InlineData("somebody", false)]
    [InlineData("", false)]
    public void NodeThatWeHaveCordoned_IsNotHeldByThat(string by, bool allowed)
    {
        _bench.Resource = new("test", "node", "", "n1");
        _bench.More.Add(Fact.Parse($$"""node{node="n1",cordoned="true",cordoned_by="{{by}}"}"""));
        Assert.Equal(allowed, Check("held", "kubernetes.evict-pod").IsAllowed);
    }

    [Theory]
    [InlineData("shop", "0 12 * * *", true)]
    [InlineData("bank", "0 12 * * *", false)]
    [InlineData("shop", "1 12 * * *", false)]
    public void MaintenanceWindow_HoldsWhatItMatches(string space, string cron, bool held)
    {
        _bench.Policy = new() { Maintenance = [new(
            cron, TimeZoneInfo.Utc, TimeSpan.FromHours(2), new(new Dictionary<string, string> { ["namespace"] = space }),
            "weekly release")] };
        AssertHeld(held ? "maintenance until 2026-11-23 14:00:00Z: weekly release" : null);
        if (!held)
        {
            return;
        }

        _bench.Wake(TimeSpan.FromHours(2));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Fact]
    public void Hold_InARun_WaitsAsLongAsItTakes_AndTellsNobody()
    {
        _bench.Fire();
        _bench.Workload["hold"] = "being debugged";
        _bench.Planned();
        for (var i = 0; i < 5; i++)
        {
            _bench.Wake(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(
            ("held", "deployment shop/api carries remediator.io/hold: being debugged"),
            _bench.Happenings<Held>().Select(h => (h.Guard, h.Reason)).Single());
        Assert.Empty(_bench.Happenings<Escalated>());

        _bench.Workload["hold"] = "";
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void Hold_InARunWhoseProblemIsGone_EndsIt()
    {
        _bench.Fire();
        _bench.Workload["hold"] = "being debugged";
        _bench.Crashing = false;
        _bench.Planned();
        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
    }

    [Theory]
    [InlineData(
        "argocd",
        "shop",
        "kubernetes.rollout-undo",
        "deployment shop/api is managed by Argo CD (application 'shop'), which would revert what kubernetes.rollout-undo "
            + "changes: make the change in its git repository")]
    [InlineData(
        "flux",
        "",
        "kubernetes.rollout-undo",
        "deployment shop/api is managed by Flux (kustomization or release), which would revert what kubernetes.rollout-undo "
            + "changes: make the change in its git repository")]
    [InlineData(
        "operator",
        "ConfigMap api-app",
        "kubernetes.rollout-undo",
        "deployment shop/api is managed by ConfigMap api-app, which would revert what kubernetes.rollout-undo "
            + "changes: make the change in ConfigMap api-app")]
    [InlineData(
        "flagger",
        "",
        "kubernetes.rollout-undo",
        "deployment shop/api is managed by Flagger, which would revert what kubernetes.rollout-undo changes: "
            + "make the change in its canary")]
    [InlineData("operator", "ConfigMap api-app", "kubernetes.evict-pod", null)]
    [InlineData("helm", "shop", "kubernetes.rollout-undo", null)]
    [InlineData("", "", "kubernetes.rollout-undo", null)]
    [InlineData("argocd", "shop", "kubernetes.evict-pod", null)]
    [InlineData("argocd", "shop", "kubernetes.rollout-restart", null)]
    public void Ownership_RefusesWhatGitWouldPutBack(string manager, string name, string use, string? refusal)
    {
        (_bench.Workload["managed_by"], _bench.Workload["managed_by_name"]) = (manager, name);
        Assert.Equal(refusal, Check("ownership", use).Refusal);
    }

    /// <summary>A manifest in git that says less is refused by the API server once the claim has more.</summary>
    [Theory]
    [InlineData("argocd",
        "pvc shop/data is managed by Argo CD (application 'shop'), which would revert what kubernetes.rollout-undo changes: "
            + "make the change in its git repository")]
    [InlineData("helm", null)]
    [InlineData("", null)]
    public void Ownership_OfAClaim_IsItsOwn(string manager, string? refusal)
    {
        _bench.Resource = new("test", "pvc", "shop", "data");
        _bench.Cluster = [Fact.Parse(
            $$"""pvc{namespace="shop",persistentvolumeclaim="data",managed_by="{{manager}}",managed_by_name="shop"}""")];
        Assert.Equal(refusal, Check("ownership", "kubernetes.rollout-undo").Refusal);
    }

    /// <summary>In the mode that asks people too: they are not asked for what would be refused then.</summary>
    [Theory]
    [InlineData(Mode.Auto)]
    [InlineData(Mode.Approve)]
    public void Ownership_LeavesTheStepOut_AndGoesOnWithTheNext(Mode mode)
    {
        (_bench.Workload["managed_by"], _bench.Workload["managed_by_name"]) = ("argocd", "shop");
        _bench.Playbook =
            Bench.RestartLoop(mode, Bench.Step("undo", "kubernetes.rollout-undo"), Bench.Step("evict", "kubernetes.evict-pod"));
        _bench.Fire();
        Assert.Equal("ownership", _bench.Only<Held>().Guard);
        Assert.Equal(_bench.Only<Held>().Reason, _bench.Only<StepRefused>().Reason);
        _bench.Planned();
        Assert.Equal("kubernetes.evict-pod", Assert.Single(_bench.Intents).Use);
        Assert.Empty(_bench.Happenings<ApprovalRequested>());
    }

    private Verdict Check(string guard, string use) =>
        Guards.Ordered.Single(g => g.Name == guard).Check(_bench.Guarded(Bench.Step("step", use)));

    private void AssertHeld(string? reason)
    {
        _bench.Fire();
        Assert.Equal(reason is null ? [] : [("held", reason)], _bench.Happenings<Held>().Select(h => (h.Guard, h.Reason)));
        Assert.Equal(reason is null ? 1 : 0, _bench.Happenings<RunStarted>().Count());
    }
}
