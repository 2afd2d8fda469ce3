using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Interleavings that once led, or nearly led, to something stupid.</summary>
public sealed class LateAndLostTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void Plan_ThatHasGrownOld_IsMadeAgainBeforeItIsActedOn()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned("undo to revision 1");
        _bench.Approve();
        _bench.Paused = "a freeze";
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Paused = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Empty(_bench.Intents);
        _bench.Planned("undo to revision 1");
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void Approval_AfterItsTime_IsRefused_AndOneThatWasGivenLapses()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
        _bench.Approve();
        _bench.Paused = "a freeze";
        _bench.Wake(TimeSpan.FromMinutes(10));
        _bench.Wake(TimeSpan.FromMinutes(30));
        _bench.Paused = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Empty(_bench.Intents);
        Assert.Equal(2, _bench.Happenings<ApprovalRequested>().Count());

        _bench.Now += TimeSpan.FromMinutes(31);
        var answer = _bench.Approve();
        Assert.False(answer.Done);
        Assert.StartsWith("The time to approve it ended", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_Mild_SaysOnceWhatItWouldDo()
    {
        _bench.Workload["mode"] = "mild";
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
        for (var i = 0; i < 20; i++)
        {
            _bench.Wake(TimeSpan.FromMinutes(1));
            Assert.Empty(_bench.Last.Jobs);
        }

        Assert.Single(_bench.Happenings<RunStarted>());
        _bench.Workload["mode"] = "full";
        _bench.Wake(TimeSpan.FromMinutes(5));
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void ObserveMode_SpeaksOfTheSecondProblemToo()
    {
        _bench.Settings = new() { Mode = Mode.Observe };
        _bench.Fire();
        _bench.Planned();
        _bench.Rules = a => Bench.Says(DecisionKind.Escalate, a);
        _bench.Wake(TimeSpan.FromMinutes(5));
        Assert.Single(_bench.Happenings<WouldAct>());
        Assert.Single(_bench.Happenings<WouldEscalate>());
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    [Fact]
    public void PlaybookInObserve_NeverPages_WhateverTheSettingAllows()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Observe);
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Single(_bench.Happenings<WouldEscalate>());
    }

    [Fact]
    public void TransientFailure_IsTriedAgainOnItsRung_NotOnAStrongerOne()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Report(_bench.Act!, new CallFailed(FailureKind.Transient, "connection refused"));
        _bench.Planned();
        _bench.Acted();
        Assert.Equal(["evict", "evict"], _bench.Intents.Select(i => i.Name));
        Assert.Single(_bench.Intents.Select(i => i.ActionId).Distinct());
    }

    [Fact]
    public void TransientFailure_ThatComesAgain_IsNoReasonForAStrongerRung()
    {
        _bench.Fire();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            _bench.Planned();
            _bench.Report(_bench.Act!, new CallFailed(FailureKind.Transient, "connection refused"));
        }

        Assert.Equal(2, _bench.Intents.Count);
        Assert.Equal("'evict pod shop/api-1' could not be done: connection refused", _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void LateResult_OfTheFirstAttempt_SaysNothingOfTheSecond()
    {
        _bench.Fire();
        _bench.Planned();
        var first = _bench.Act!;
        _bench.Wake(_bench.Intents[0].NotAfter + TimeSpan.FromSeconds(11) - _bench.Now);
        _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.DidNotHappen, "the pod is there")));
        _bench.Wake(TimeSpan.FromSeconds(1));
        _bench.Planned();
        Assert.Equal(2, _bench.Intents.Count);

        var before = _bench.Journal.Count;
        _bench.Report(first, new CallFailed(FailureKind.Permanent, "forbidden"));
        Assert.Equal(before, _bench.Journal.Count);
        _bench.Acted();
        _bench.Verified();
        Assert.Equal(CloseReason.Verified, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void ResourceThatIsWithPeople_GetsNoSecondLadder()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire("f1");
        Assert.Single(_bench.Happenings<Escalated>());
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod")) with { Name = "another-problem" };
        _bench.Rules = a => Bench.Run(a) with { Playbook = "another-problem" };
        _bench.Fire("f2", startsAt: _bench.Now);
        Assert.Equal("busy", _bench.Only<Held>().Guard);
    }

    [Fact]
    public void SameAction_IsNotDoneAgainByASecondRunOfTheIncident()
    {
        _bench.Playbook =
            Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"), Bench.Step("evict", "kubernetes.evict-pod"));
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.Rules = a => Bench.Says(DecisionKind.Suppress, a);
        _bench.Report(
            _bench.Job<VerifyRepair>(), new RepairChecked(new(false, "it is scaled to 0, for 1 h") { Open = true, Nothing = true }));
        Assert.Equal(RunOutcome.Stopped, _bench.Only<RunEnded>().Outcome);
        _bench.Rules = null;
        _bench.Wake(TimeSpan.FromMinutes(31));
        _bench.Planned();
        Assert.Equal(["undo", "evict"], _bench.Intents.Select(i => i.Name));
    }

    [Fact]
    public void RungAfterAnUndo_IsJudgedOnFactsThatKnowTheUndo()
    {
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", undo: true), Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Climb(good: false);
        _bench.Now += TimeSpan.FromMinutes(1);
        _bench.ViewAge = TimeSpan.FromSeconds(30);
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("put back")));
        Assert.Contains("does not yet show", _bench.Only<Held>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ResolvedAlert_WithAnEarlierBeginning_EndsTheOneThatIsKnown()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Fire(startsAt: _bench.Now);
        _bench.Now += TimeSpan.FromMinutes(5);
        _bench.Resolve(startsAt: _bench.Now - TimeSpan.FromMinutes(6));
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void Alert_ThatNobodyRepeatsForADay_IsOver()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Fire();
        _bench.LastHeard = _bench.Now;
        _bench.Wake(TimeSpan.FromHours(25));
        Assert.Equal("nobody has repeated it for 24 h", _bench.Only<AlertCleared>().Reason);
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void AlertThatFiresAgain_WhilePeopleAreToldItIsOver_KeepsItsIncidentOpen()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        _bench.Crashing = false;
        _bench.Now += TimeSpan.FromMinutes(2);
        _bench.Resolve();
        var over = _bench.Job<TellPeople>();
        Assert.True(over.Closing);
        _bench.Crashing = true;
        _bench.Now += TimeSpan.FromSeconds(5);
        _bench.Fire(startsAt: _bench.Now);
        _bench.Report(over, new PeopleTold([new("notify.alertmanager", null)]));
        Assert.Single(_bench.State.Incidents);
        Assert.False(_bench.Job<TellPeople>().Closing);
    }

    [Fact]
    public void EscalationThatIsOverBeforeAnybodyHeard_IsToldAllTheSame()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Crashing = false;
        _bench.Resolve();
        Assert.False(_bench.Job<TellPeople>().Closing);
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", "away")]));
        Assert.Single(_bench.State.Incidents);
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null)]));
        Assert.True(_bench.Job<TellPeople>().Closing);
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null)]));
        Assert.Empty(_bench.State.Incidents);
        Assert.Equal([false, true], _bench.Happenings<Notified>().Select(n => n.Closing));
    }

    [Theory]
    [InlineData("nobody", 1)]
    [InlineData("a", 62)]
    public void EscalationThatIsOver_AndThatNobodyCanBeToldOf_Closes(string via, int minutes)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new(via, "away")]));
        _bench.Wake(TimeSpan.FromMinutes(minutes));
        Assert.Single(_bench.State.Incidents);
        _bench.Crashing = false;
        _bench.Resolve();
        Assert.Empty(_bench.State.Incidents);
        Assert.Equal(
            "its alerts are resolved and its problem no longer shows; nobody could be told of it", _bench.Only<IncidentClosed>().Detail);
    }

    /// <summary>The body of an error often has an id of its own, and people are told again every minute, for days.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WayThatFailsWithOtherWordsEachTime_OrNowAndThen_IsWrittenOnceAnHour(bool nowAndThen)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        for (var minute = 0; minute < 300; minute++)
        {
            var failure = nowAndThen && minute % 2 == 1 ? null : $"b answered 503 (request {(char)('a' + (minute % 26))}{minute})";
            _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null), new("b", failure)]));
            _bench.Wake(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(5, _bench.Happenings<NotifyFailed>().Count());
        Assert.Equal(
            "b answered 503 (request g240)", _bench.Happenings<NotifyFailed>().Last().Reason);
        Assert.Equal(nowAndThen ? 6 : 1, _bench.Happenings<Notified>().Count());
    }

    [Fact]
    public void WayThatWorkedAndThenFails_IsWrittenAtOnce()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        for (var minute = 0; minute < 90; minute++)
        {
            _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("b", minute < 7 ? null : "b answered 503")]));
            _bench.Wake(TimeSpan.FromMinutes(1));
            Assert.Equal(minute < 7 ? 0 : 1, _bench.Happenings<NotifyFailed>().Count());
        }
    }

    [Fact]
    public void WayThatNeverWorked_KeepsTheEndFromNobody()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("us", null), new("eu", "away")]));
        _bench.Crashing = false;
        _bench.Resolve();
        Assert.True(_bench.Job<TellPeople>().Closing);
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("us", null), new("eu", "away still")]));
        Assert.Equal("its alerts are resolved and its problem no longer shows", _bench.Only<IncidentClosed>().Detail);
    }

    [Fact]
    public void WayThatHeardTheBeginning_HasToHearTheEnd()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null), new("b", null)]));
        _bench.Crashing = false;
        _bench.Resolve();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null), new("b", "away")]));
        Assert.Single(_bench.State.Incidents);
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null), new("b", "still away")]));
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void WorkloadThatIsDeletedMidRun_EndsTheRun()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.IsThere = false;
        _bench.Verified(good: false);
        Assert.EndsWith("; deployment shop/api is no longer in the cluster", _bench.Only<RunEnded>().Reason, StringComparison.Ordinal);
        Assert.Equal(_bench.Only<RunEnded>().Reason, _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void RunThatIsRefusedForTooLong_IsHandedToPeople()
    {
        _bench.Fire();
        _bench.ViewAge = TimeSpan.FromMinutes(2);
        _bench.Planned();
        for (var i = 0; i < 31; i++)
        {
            _bench.Wake(TimeSpan.FromMinutes(1));
        }

        Assert.StartsWith("stale: the view of the cluster is", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void PlaybookThatThisVersionCannotRead_EscalatesInsteadOfWedging()
    {
        _bench.Fire();
        _bench.Unreadable = true;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.StartsWith("this version cannot read the playbook", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ActThatNeverHappened_LeavesTheRunUnchanged()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Wake(_bench.Intents[0].NotAfter + TimeSpan.FromSeconds(11) - _bench.Now);
        _bench.Crashing = false;
        _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.DidNotHappen, "the pod is there")));
        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
        Assert.Empty(_bench.State.History["restart-loop"].Runs);
    }

    [Fact]
    public void AlertWhoseEndWasTold_AndThatFiresOnLongAfter_IsAProblemAgain()
    {
        _bench.Fire();
        _bench.Crashing = false;
        _bench.Resolve();
        _bench.Wake(TimeSpan.FromMinutes(30));
        Assert.Empty(_bench.State.Incidents);

        _bench.Crashing = true;
        _bench.Fire();
        Assert.Single(_bench.State.Incidents);
    }

    /// <summary>After a cold start old notifications come in again; what they tell of is over.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReplayOfOldAlerts_AfterAColdStart_ChangesNothing(bool wasKnown)
    {
        if (wasKnown)
        {
            _bench.Fire();
            _bench.Crashing = false;
            _bench.Resolve();
        }

        _bench.Crashing = false;
        _bench.Now += TimeSpan.FromDays(1);
        for (var hour = 0; hour < 24; hour++)
        {
            _bench.Fire(fingerprint: $"f{hour % 3}", startsAt: _bench.Now - TimeSpan.FromHours(30 - hour));
            _bench.Wake(TimeSpan.FromMinutes(2));
        }

        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Last.Jobs.OfType<MakePlan>());
    }
}
