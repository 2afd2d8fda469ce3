using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;

namespace Remediator.Core.Tests.Incidents;

/// <summary>What was changed for a time only is taken back when all is well, and never before.</summary>
public sealed class RecoveryTests
{
    private readonly Bench _bench =
        new() { Playbook = Bench.RestartLoop(Core.Playbooks.Mode.Auto, Bench.Step("cordon it", "kubernetes.cordon")) };

    [Fact]
    public void VerifiedAtOnce_IsTakenBack_AndThenClosed()
    {
        Cordon();
        _bench.Crashing = false;
        _bench.Verified();
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
        Assert.Empty(_bench.Happenings<IncidentClosed>());
        TakeBack();
        Assert.Equal((CloseReason.Verified, "uncordoned"), (_bench.Only<IncidentClosed>().Reason, _bench.Only<IncidentClosed>().Detail));
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    [Fact]
    public void ResolvedAlert_IsNoReasonToTakeItBack()
    {
        Cordon();
        _bench.Resolve();
        _bench.Wake(TimeSpan.FromMinutes(4));
        Assert.Equal(RunPhase.Verifying, _bench.State.Incidents[0].Run?.Phase);
        Fail();
        _bench.Wake(TimeSpan.FromHours(5));
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
        Assert.Empty(_bench.Last.Jobs.OfType<VerifyRepair>());
        Assert.NotEmpty(_bench.State.Incidents);
    }

    [Fact]
    public void Escalated_IsTakenBackOnlyAfterItsStableTime_AndPeopleHearOfTheEnd()
    {
        Cordon();
        Fail();
        Assert.Single(_bench.Happenings<Escalated>());
        Tell();
        _bench.Resolve();
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
        Assert.Equal(TimeSpan.FromMinutes(2), _bench.Job<VerifyRepair>().Stable);
        Assert.False(_bench.Job<TellPeople>().Closing);
        _bench.Report(_bench.Job<VerifyRepair>(), new RepairChecked(new(true, "ready for 2 min")));
        TakeBack();
        Assert.True(_bench.Job<TellPeople>().Closing);
        Tell();
        Assert.Equal(CloseReason.Healed, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void ProblemThatComesBackWhileItIsWatched_KeepsTheChange()
    {
        Cordon();
        Fail();
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        var watch = _bench.Job<VerifyRepair>();
        _bench.Crashing = _bench.StaysSick = true;
        _bench.Report(watch, new RepairChecked(new(true, "ready for 2 min")));
        Assert.Empty(_bench.Happenings<VerificationPassed>());
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
    }

    [Fact]
    public void NotWellForItsStableTime_IsWatchedOn()
    {
        Cordon();
        Fail();
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Report(_bench.Job<VerifyRepair>(), new RepairChecked(new(false, "not ready")));
        Assert.NotNull(_bench.Job<VerifyRepair>());
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
    }

    [Fact]
    public void Pause_StopsTheTakingBackToo()
    {
        Cordon();
        _bench.Crashing = false;
        _bench.Paused = "change freeze";
        _bench.Verified();
        Assert.Empty(_bench.Last.Jobs);
        Assert.Equal(("paused", "everything is paused: change freeze"), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        _bench.Paused = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        TakeBack();
        Assert.Single(_bench.Happenings<IncidentClosed>());
    }

    [Fact]
    public void WhatAPersonHolds_IsNotTakenBackEither()
    {
        Cordon();
        Fail();
        Tell();
        _bench.Resolve();
        _bench.Crashing = false;
        _bench.Workload["hold"] = "I am looking at it";
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Report(_bench.Job<VerifyRepair>(), new RepairChecked(new(true, "ready for 2 min")));
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
        Assert.Equal("held", _bench.Only<Held>().Guard);
        Assert.Equal("escalated", IncidentRows.Status(_bench.State.Incidents[0]).Status);
        _bench.Workload.Remove("hold");
        _bench.Wake(TimeSpan.FromMinutes(1));
        TakeBack();
        Tell();
        Assert.Equal(CloseReason.Healed, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void ViewThatMayBeOld_TakesNothingBack()
    {
        Cordon();
        Fail();
        _bench.Crashing = false;
        _bench.ViewAge = TimeSpan.FromMinutes(2);
        _bench.Wake(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is UndoPlan or VerifyRepair);
    }

    [Fact]
    public void WhatIsGone_NeedsNoStableTime()
    {
        Cordon();
        Fail();
        _bench.IsThere = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        TakeBack();
        Assert.Null(_bench.State.Incidents[0].Temporary);
    }

    [Fact]
    public void TakingBackThatFails_IsTriedAgain_AndThenAPersonKnows()
    {
        Cordon();
        _bench.Crashing = false;
        _bench.Verified();
        for (var i = 0; i < 3; i++)
        {
            _bench.Report(_bench.Job<UndoPlan>(), new CallFailed(FailureKind.Permanent, "forbidden"));
        }

        Assert.Equal("undoing it failed 3 times", _bench.Only<Escalated>().Reason);
        Assert.Equal("undo it by hand", _bench.Only<Escalated>().NextStep);
        Assert.Empty(_bench.Last.Jobs.OfType<UndoPlan>());
    }

    [Fact]
    public void ActionThatIsNoTemporaryOne_IsNeverTakenBack()
    {
        _bench.Playbook = Bench.RestartLoop(Core.Playbooks.Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod"));
        _bench.Fire();
        _bench.Climb(good: true);
        Assert.Equal(CloseReason.Verified, _bench.Only<IncidentClosed>().Reason);
        Assert.Empty(_bench.Happenings<ActionUndone>());
    }

    /// <summary>A node that was cordoned, and whose machine was then taken out of its group.</summary>
    [Fact]
    public void TwoChangesForATime_AreBothTakenBack_TheLastFirst()
    {
        _bench.Playbook = Bench.RestartLoop(
            Core.Playbooks.Mode.Auto, Bench.Step("cordon it", "kubernetes.cordon"), Bench.Step("again", "kubernetes.cordon"));
        Cordon();
        Fail();
        _bench.Planned("take it out of its group");
        _bench.Acted();
        _bench.Crashing = false;
        _bench.Verified();
        var last = _bench.Job<UndoPlan>();
        TakeBack();
        Assert.Empty(_bench.Happenings<IncidentClosed>());
        var first = _bench.Job<UndoPlan>();
        Assert.Equal(("take it out of its group", "cordon it"), (last.Plan.Summary, first.Plan.Summary));
        TakeBack();
        Assert.Equal(2, _bench.Happenings<ActionUndone>().Select(u => u.ActionId).Distinct().Count());
        Assert.Equal(CloseReason.Verified, _bench.Only<IncidentClosed>().Reason);
        Assert.Empty(_bench.State.Incidents);
    }

    /// <summary>One call brings an instance back from Standby, and another takes its mark from the node.</summary>
    [Fact]
    public void TakingBackThatDoesNotGoOnByItself_IsNotLookedAtWhileItsCallIsOut()
    {
        Cordon();
        _bench.Crashing = false;
        _bench.Verified();
        _bench.Report(
            _bench.Job<UndoPlan>(),
            new CallReturned(new("comes back") { Began = new("back", TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(30)) }));
        _bench.Report(_bench.Job<WatchAct>(), new ActSeen(new(ActState.InProgress, "it is back") { NeedsPush = true }));
        var call = _bench.Job<UndoPlan>();
        _bench.Wake(TimeSpan.FromSeconds(1));

        Assert.Empty(_bench.Last.Jobs);
        _bench.Report(call, new CallReturned(new("uncordoned")));
        Assert.Equal("uncordoned", _bench.Only<ActionUndone>().Message);
        Assert.Equal(2, _bench.Happenings<UndoIntended>().Count());
    }

    private void Cordon()
    {
        _bench.Fire();
        _bench.Planned("cordon it");
        Assert.True(_bench.Intents[0].Temporary);
        _bench.Acted();
    }

    private void Fail() => _bench.Verified(good: false);

    private void TakeBack() => _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("uncordoned")));

    private void Tell() => _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
}
