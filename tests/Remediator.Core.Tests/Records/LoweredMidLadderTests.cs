using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Records;

/// <summary>A mode that becomes lower while a ladder is begun leaves nothing half-done in silence.</summary>
public sealed class LoweredMidLadderTests
{
    private const string Because = "its record lowered playbook 'restart-loop' to observe at 2026-11-23 12:00Z because of incident i9 (it "
        + "made things worse)";

    private readonly Bench _bench = new()
    {
        Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("cordon", "kubernetes.cordon"), Bench.Step("restart", "kubernetes.rollout-restart")),
    };

    [Fact]
    public void ByItsRecord_APersonReleasesEachFurtherStep_AndHearsWhy()
    {
        Begun();
        Lower(Mode.Observe, "i9");
        _bench.Planned("restart it");
        Assert.Empty(_bench.Happenings<RunEnded>());
        Assert.Empty(_bench.Happenings<WouldAct>());
        Assert.Equal(Because, _bench.Only<ApprovalRequested>().Lowered);
        Assert.EndsWith($"a person has to release 'restart': restart it; {Because}", Told(), StringComparison.Ordinal);
        Assert.Single(_bench.Intents);

        Assert.True(_bench.Approve().Done);
        _bench.Planned("restart it");
        Assert.Equal(["kubernetes.cordon", "kubernetes.rollout-restart"], _bench.Intents.Select(i => i.Use));
    }

    [Fact]
    public void WhereNobodyReleasesIt_PeopleGetIt_AndMayReleaseItStill()
    {
        Begun();
        Lower(Mode.Observe, "i9");
        _bench.Planned("restart it");
        _bench.Wake(_bench.Only<ApprovalRequested>().Until - _bench.Now);
        Assert.StartsWith("nobody approved 'restart' in time", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
        Assert.Equal(RunPhase.AwaitingApproval, _bench.State.Incidents[0].Run!.Phase);
        Assert.True(_bench.Approve().Done);
    }

    /// <summary>People have said that nothing more is to be done; that it was begun, they hear.</summary>
    [Theory]
    [InlineData("promote")]
    [InlineData("setting")]
    public void ByPeople_ItEnds_AndTheyHearWhatWasDone(string how)
    {
        Begun();
        if (how == "promote")
            Lower(Mode.Observe, null);
        else
            _bench.Settings = _bench.Settings with { Mode = Mode.Observe };
        _bench.Planned("restart it");
        var told = _bench.Only<Escalated>();
        Assert.StartsWith(
            "something was changed, and the mode allows no more meanwhile (setting ", told.Reason, StringComparison.Ordinal);
        Assert.Equal("restart it; what was changed for a while is taken back once the problem is gone", told.NextStep);
        Assert.NotEmpty(told.Tried);
        Assert.Equal(RunOutcome.Escalated, _bench.Only<RunEnded>().Outcome);
        Assert.Single(_bench.Intents);
        Assert.Empty(_bench.Happenings<ApprovalRequested>());
    }

    [Fact]
    public void WhereNothingIsDoneYet_ItIsOnlyObserved()
    {
        Lower(Mode.Observe, "i9");
        _bench.Fire();
        _bench.Planned("cordon it");
        Assert.Single(_bench.Happenings<WouldAct>());
        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Happenings<ApprovalRequested>());
    }

    [Theory]
    [InlineData(Mode.Auto, true)]
    [InlineData(Mode.Approve, false)]
    public void ThatARecordLoweredIt_IsSaid_WhereItDid(Mode file, bool isSaid)
    {
        _bench.Playbook = Bench.RestartLoop(file, Bench.Step("undo", "kubernetes.rollout-undo"));
        Lower(Mode.Approve, "i9");
        _bench.Fire();
        _bench.Planned("undo it");
        Assert.Equal(
            isSaid ? Because.Replace("observe", "approve", StringComparison.Ordinal) : "", _bench.Only<ApprovalRequested>().Lowered);
    }

    private void Begun()
    {
        _bench.Fire();
        _bench.Planned("cordon it");
        _bench.Acted();
        _bench.Verified(good: false);
    }

    private void Lower(Mode to, string? because) => _bench.Standings = Standings.Empty with
    {
        ByPlaybook = Standings.Empty.ByPlaybook.SetItem(
            "restart-loop", new(to, "it made things worse", new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), because)),
    };

    private string Told() => _bench.Job<TellPeople>().Notification.Message;
}
