using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Records;

public sealed class RecordTests
{
    private readonly Month _month =
        new() { Bench = { Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod")) } };

    [Fact]
    public void Playbook_EarnsAutoInAMonth_AndLosesItWhenItsProblemComesBack()
    {
        _month.Says(new PlaybookPromoted("restart-loop", Mode.Approve, "it begins here"));
        for (var day = 1; day <= 19; day++)
        {
            _month.Day();
            Assert.Null(_month.Proposal);
        }

        _month.Day();
        Assert.Equal("auto: its last 20 runs succeeded", _month.Proposal);
        Assert.Equal(Mode.Approve, _month.Mode);

        _month.Says(new PlaybookPromoted("restart-loop", Mode.Auto, "it has earned it"));
        _month.Day();
        Assert.Equal(Mode.Auto, _month.Bench.Happenings<RunStarted>().Last().Mode);

        _month.Bench.Now -= TimeSpan.FromHours(20);
        _month.FallSick();
        Assert.Equal(Mode.Approve, _month.Mode);
        var standing = _month.Standings.Of("restart-loop")!;
        Assert.StartsWith("its problem came back within a day after it was verified (incident ", standing.Reason, StringComparison.Ordinal);
        Assert.Equal((21, 21, 1, 0), (_month.Record.Runs, _month.Record.Verified, _month.Record.Recurred, _month.Record.Failed));
        Assert.Null(_month.Proposal);
        Assert.Contains(
            "its record approve since 2026-",
            ModeCeiling.Under(_month.Bench.Guarded(_month.Bench.Playbook.Ladder[0]).World, _month.Bench.Playbook),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ThatChangesSomethingAndFails_LowersAutoAtOnce()
    {
        _month.Day();
        Assert.Equal(Mode.Auto, _month.Mode);
        _month.Day(good: false);
        Assert.Equal(Mode.Approve, _month.Mode);
        Assert.Equal((2, 1, 1), (_month.Record.Runs, _month.Record.Verified, _month.Record.Failed));
    }

    [Fact]
    public void ChangeForATimeOnly_ThatPeopleGetThen_IsNoSetback()
    {
        _month.Bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("cordon it", "kubernetes.cordon"));
        _month.FallSick();
        _month.Bench.Climb(good: false);
        _month.FallSick();
        Assert.Single(_month.Bench.Happenings<Escalated>());
        Assert.Equal((1, 0, 0, Mode.Auto), (_month.Record.Runs, _month.Record.Verified, _month.Record.Failed, _month.Mode));
    }

    [Fact]
    public void Rung_ThatDidNotHelpWhileALaterOneDid_IsNoFailure()
    {
        _month.Bench.Playbook =
            Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod"), Bench.Step("undo", "kubernetes.rollout-undo"));
        _month.FallSick();
        _month.Bench.Climb(good: false);
        _month.Bench.Climb(good: true);
        _month.Over();
        Assert.Equal((1, 1, 0, Mode.Auto), (_month.Record.Runs, _month.Record.Verified, _month.Record.Failed, _month.Mode));
    }

    [Fact]
    public void PlaybookInApprove_IsLowered_OnlyWhenMostOfItsNewestRunsDidNoGood()
    {
        _month.Says(new PlaybookPromoted("restart-loop", Mode.Approve, ""));
        _month.Day(good: false);
        _month.Day(good: true);
        _month.Day(good: false);
        Assert.Equal(Mode.Approve, _month.Mode);
        _month.Day(good: true);
        _month.Day(good: false);
        Assert.Equal(Mode.Observe, _month.Mode);
    }

    [Fact]
    public void LoweredPlaybook_OnlyWatches_AndIsProposedAgainFromWhatItWouldHaveDone()
    {
        _month.Says(new PlaybookPromoted("restart-loop", Mode.Observe, "to see what it would do"));
        for (var day = 1; day <= 10; day++)
        {
            Assert.Null(day == 1 ? null : _month.Proposal);
            _month.Day();
        }

        Assert.Equal("approve: it would have acted 10 times", _month.Proposal);
        Assert.Equal((0, 10), (_month.Record.Runs, _month.Record.Shadow));
        Assert.Empty(_month.Bench.Intents);
        Assert.Equal(TimeSpan.FromMinutes(30), PlaybookRecord.Median(_month.Record.PeopleTimes));
    }

    [Theory]
    [InlineData(Judgement.False, "nothing was wrong: the exporter was broken")]
    [InlineData(Judgement.Undone, "it was taken back: the exporter was broken")]
    public void Judgement_OfAPerson_CountsAgainstThePlaybook(Judgement judgement, string said)
    {
        _month.Day();
        var incident = _month.Record.Newest[0].IncidentId;
        _month.Says(new RepairJudged("restart-loop", incident, judgement, "the exporter was broken"));
        Assert.Equal(Mode.Approve, _month.Mode);
        Assert.Equal($"a person says of incident {incident} that {said}", _month.Standings.Of("restart-loop")!.Reason);
        Assert.Equal(
            (judgement is Judgement.False ? 1 : 0, judgement is Judgement.Undone ? 1 : 0, false),
            (_month.Record.False, _month.Record.Undone, _month.Record.Newest[0].Good));
    }

    [Fact]
    public void TimesToRepair_StandBesideThoseOfPeople()
    {
        _month.Day();
        _month.Day(good: false);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Single(_month.Record.RepairTimes));
        Assert.Equal(TimeSpan.FromMinutes(31), Assert.Single(_month.Record.PeopleTimes));
    }

    [Fact]
    public void NothingIsChanged_BeforeItIsKnownWhereThePlaybookStands()
    {
        _month.Bench.Standings = null;
        _month.Bench.Fire();
        Assert.Equal("the outcome of earlier repairs has not been read yet", _month.Bench.Only<Held>().Reason);
        _month.Bench.Standings = Standings.Empty;
        _month.Bench.Wake(TimeSpan.FromSeconds(15));
        _month.Bench.Only<RunStarted>();
    }

    [Fact]
    public void Setbacks_BeforeAPersonRaisedIt_CountNoMore()
    {
        _month.Says(new PlaybookPromoted("restart-loop", Mode.Approve, ""));
        for (var i = 0; i < 2; i++)
        {
            _month.Day(good: false);
        }

        _month.Says(new PlaybookPromoted("restart-loop", Mode.Approve, "mended"));
        _month.Day(good: false);
        _month.Day(good: false);
        Assert.Equal(Mode.Approve, _month.Mode);
    }
}
