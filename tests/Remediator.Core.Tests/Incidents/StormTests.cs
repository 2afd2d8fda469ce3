using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Safety;

namespace Remediator.Core.Tests.Incidents;

/// <summary>A storm holds what is in it, is told once, and lets go only after its cool-down.</summary>
public sealed class StormTests
{
    private readonly Bench _bench = new();
    private readonly Bench _zone = new() { Resource = Storms.Zone("test", "a") };

    [Fact]
    public void Workload_InTheZone_IsHeld_AndAsksTheZoneToLook()
    {
        Storm();
        _bench.Fire();
        Assert.Equal(
            ("storm", "4 of 6 nodes of zone a are not ready: the cause is elsewhere, so nothing is repaired until that is over"),
            (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        Assert.Empty(_bench.Happenings<RunStarted>());
        Assert.Equal([_zone.Resource], StormWatch.Unheard(_bench.State, _bench.World()));
    }

    [Fact]
    public void Workload_InAnotherZone_IsRepaired()
    {
        Storm();
        _bench.Cluster.RemoveAll(f => f.Name == "pod");
        _bench.Cluster.Add(Fleet.Pod("b1", "b"));
        _bench.Fire();
        Assert.Single(_bench.Happenings<RunStarted>());
        Assert.Empty(StormWatch.Unheard(_bench.State, _bench.World()));
    }

    [Fact]
    public void Workload_WithAPodThatHasNoPlace_IsHeldByAnyZone()
    {
        Storm();
        _bench.Cluster.RemoveAll(f => f.Name == "pod");
        _bench.Cluster.Add(Fleet.Pod("", "", crashing: "false", phase: "Pending"));
        _bench.Fire();
        Assert.Equal("storm", _bench.Only<Held>().Guard);
    }

    [Fact]
    public void Run_ThatHadBegun_DoesNotAct_HoweverLongTheStorm_AndCallsNobody()
    {
        _bench.Fire();
        Storm();
        _bench.Planned();
        for (var minutes = 0; minutes < 300; minutes += 5)
        {
            _bench.Wake(TimeSpan.FromMinutes(5));
        }

        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal("storm", _bench.State.Incidents[0].Hold?.Guard);
    }

    [Fact]
    public void Approval_InAStorm_ActsOnlyAfterIt()
    {
        _bench.Settings = new() { Mode = Mode.Approve };
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
        Storm();
        Assert.True(_bench.Approve().Done);
        Assert.Empty(_bench.Intents);
        _bench.Cluster.Clear();
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void RuleThatEscalates_WaitsForTheStorm_AndThenTells()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.Escalate, a);
        Storm();
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Escalated>());
        _bench.Cluster.Clear();
        _bench.Wake(TimeSpan.FromSeconds(15));
        if (_bench.Last.Jobs.OfType<CollectEvidence>().SingleOrDefault() is { } evidence)
        {
            _bench.Report(evidence, new EvidenceRead([]));
        }

        Assert.Single(_bench.Happenings<Escalated>());
    }

    [Fact]
    public void GuardThatWouldCallAPerson_WaitsToo()
    {
        _bench.Settings = new() { Mode = Mode.Auto, Protected = ["shop/*/*"] };
        Storm();
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal("storm", _bench.Only<Held>().Guard);
    }

    [Fact]
    public void Leftover_IsDecidedAgain_AfterTheCooldownOnly()
    {
        Storm();
        _bench.Fire();
        _bench.Cluster = [.. Fleet.Nodes("a", 6, 0), Fleet.Pod("a1", "a")];
        Known(IncidentStatus.CoolingDown.Word());
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Empty(_bench.Happenings<RunStarted>());
        Assert.Equal(
            "the storm of zone a has to be over for 10 min before anything is changed there (incident z1)",
            _bench.Happenings<Held>().Last().Reason);

        Known(IncidentStatus.StormOver.Word());
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Theory]
    [InlineData("storm", false)]
    [InlineData("cooling down", true)]
    [InlineData("storm over", true)]
    public void Zone_ThatKnowsOfItsStorm_IsNotWokenForIt(string status, bool woken)
    {
        Storm();
        _bench.Fire();
        Known(status);
        Assert.Equal(woken, StormWatch.Unheard(_bench.State, _bench.World()).Count > 0);
    }

    [Fact]
    public void Zone_WithoutAStorm_DoesNothing()
    {
        _zone.Cluster = [.. Fleet.Nodes("a", 5, 1)];
        _zone.Wake();
        Assert.Empty(_zone.Journal);
        Assert.Null(_zone.Last.Due);
    }

    [Fact]
    public void Zone_OpensOneIncident_AndTellsOnce_HoweverOftenItIsWoken()
    {
        Raise();
        for (var i = 0; i < 20; i++)
        {
            _zone.Wake(TimeSpan.FromSeconds(15));
        }

        Assert.Single(_zone.Happenings<IncidentOpened>());
        var told = _zone.Only<Escalated>();
        Assert.Equal("A storm: 4 of 6 nodes of zone a are not ready. Nothing is repaired there until it is over.", told.Message);
        Assert.NotNull(_zone.Job<TellPeople>());
        Assert.Equal(
            (IncidentStatus.Storm.Word(), "4 of 6 nodes of zone a are not ready"),
            (_zone.Row(Storms.Problem).Status, _zone.Row(Storms.Problem).Summary));
        Assert.Empty(_zone.Intents);
    }

    [Fact]
    public void Zone_TellsNobody_OfNodesThatJoinJustNow()
    {
        _zone.Cluster = [.. Fleet.Nodes("a", 1, 2, since: _zone.Now)];
        _zone.Wake(TimeSpan.FromSeconds(30));
        Assert.Empty(_zone.Journal);
        _zone.Wake(TimeSpan.FromSeconds(30));
        Assert.Single(_zone.Happenings<Escalated>());
    }

    [Fact]
    public void Zone_InAStormOfTheWholeCluster_LeavesItToTheCluster()
    {
        List<Core.Facts.Fact> both = [.. Fleet.Nodes("a", 1, 2), .. Fleet.Nodes("b", 1, 2)];
        _zone.Cluster = both;
        _zone.Wake();
        Assert.Empty(_zone.Journal);

        var cluster = new Bench { Resource = Storms.Cluster("test"), Cluster = both };
        cluster.Wake();
        Assert.Single(cluster.Happenings<Escalated>());
        _bench.Cluster = [.. both, Fleet.Pod("c1", "c")];
        _bench.Fire();
        Assert.Equal([cluster.Resource], StormWatch.Unheard(_bench.State, _bench.World()));
    }

    [Fact]
    public void Storm_IsOver_OnlyWhenThereWasNoneForTheWholeCooldown()
    {
        Raise();
        Tell();
        _zone.Cluster = [.. Fleet.Nodes("a", 5, 1)];
        _zone.Wake(TimeSpan.FromMinutes(1));
        Assert.Equal(IncidentStatus.CoolingDown.Word(), _zone.Row(Storms.Problem).Status);
        _zone.Wake(TimeSpan.FromMinutes(9));
        _zone.Cluster = [.. Fleet.Nodes("a", 2, 4)];
        _zone.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal(IncidentStatus.Storm.Word(), _zone.Row(Storms.Problem).Status);
        _zone.Cluster = [.. Fleet.Nodes("a", 5, 1)];
        _zone.Wake(TimeSpan.FromSeconds(15));
        _zone.Wake(TimeSpan.FromMinutes(9));
        Assert.Equal(IncidentStatus.CoolingDown.Word(), _zone.Row(Storms.Problem).Status);

        _zone.Wake(TimeSpan.FromMinutes(1));
        Assert.Equal(IncidentStatus.StormOver.Word(), _zone.Row(Storms.Problem).Status);
        Tell();
        Assert.Equal(CloseReason.Healed, _zone.Only<IncidentClosed>().Reason);
        Assert.Single(_zone.Happenings<Escalated>());
        Assert.Empty(_zone.State.Incidents);
    }

    [Fact]
    public void Storm_IsNotOver_OnAViewThatMayBeOld()
    {
        Raise();
        _zone.Cluster = [];
        _zone.ViewAge = TimeSpan.FromMinutes(2);
        _zone.Wake(TimeSpan.FromHours(1));
        Assert.Equal(IncidentStatus.Storm.Word(), _zone.Row(Storms.Problem).Status);
    }

    [Fact]
    public void Storm_InObserveMode_IsSaidInTheJournal_AndToNobody()
    {
        _zone.Settings = new() { Mode = Mode.Observe };
        Raise();
        _zone.Wake(TimeSpan.FromSeconds(15));
        Assert.Single(_zone.Happenings<WouldEscalate>());
        Assert.Empty(_zone.Last.Jobs);
        _zone.Cluster = [];
        _zone.Wake(TimeSpan.FromSeconds(15));
        _zone.Wake(TimeSpan.FromMinutes(10));
        Assert.Single(_zone.Happenings<IncidentClosed>());
        Assert.Empty(_zone.Happenings<Escalated>());
    }

    private void Storm() => _bench.Cluster = [.. Fleet.Nodes("a", 2, 4), .. Fleet.Nodes("b", 9, 0), Fleet.Pod("a1", "a")];

    private void Raise()
    {
        _zone.Cluster = [.. Fleet.Nodes("a", 2, 4), .. Fleet.Nodes("b", 9, 0)];
        _zone.Wake();
    }

    private void Tell() => _zone.Report(_zone.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));

    private void Known(string status)
    {
        _bench.Open.Clear();
        _bench.Open.Add(new IncidentRow {
            Id = "z1",
            Resource = _zone.Resource,
            Problem = Storms.Problem,
            Status = status,
            Summary = "4 of 6 nodes of zone a are not ready",
            OpenedAt = _bench.Now });
    }
}
