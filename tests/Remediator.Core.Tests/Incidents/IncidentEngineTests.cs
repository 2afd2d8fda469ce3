using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

public sealed class IncidentEngineTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void Repair_ThatIsVerified_ClosesTheIncident()
    {
        _bench.Fire();
        _bench.Climb(good: true);

        Assert.Empty(_bench.State.Incidents);
        Assert.Equal(CloseReason.Verified, _bench.Only<IncidentClosed>().Reason);
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
        Assert.Null(_bench.Last.Due);
    }

    [Fact]
    public void SameAlert_Again_IsNoNews()
    {
        _bench.Fire();
        var before = _bench.Journal.Count;
        _bench.Fire();
        Assert.Equal(before, _bench.Journal.Count);
    }

    [Fact]
    public void SameAlert_WhoseResourceIsSeenMeanwhile_IsDecidedAnew_Once()
    {
        var alert = new Alert
        {
            Name = "KubePodCrashLooping",
            Status = AlertStatus.Firing,
            Labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["namespace"] = "shop" },
            StartsAt = _bench.Now,
            Fingerprint = "f1",
        };
        var unseen = new Resolution(_bench.Resource, false, alert.Labels, "not known here");
        var seen = new Resolution(
            _bench.Resource, true,
            new Dictionary<string, string>(alert.Labels) { ["workload"] = "api", ["workload_kind"] = "deployment" }, "by its label");
        foreach (var found in new[] { unseen, unseen, seen, seen, unseen, seen })
        {
            _bench.Resolver = _ => found;
            _bench.Deliver(alert);
        }

        Assert.Equal(["by its label"], _bench.Happenings<AlertObserved>().Skip(1).Select(e => e.How));
        Assert.Equal("api", _bench.State.Incidents[0].Alerts["f1"].Labels["workload"]);
    }

    [Fact]
    public void LateCopyOfAnAlertWhoseEndWasTold_DoesNotFireAgain_ForItsFurtherLabels()
    {
        var alert = new Alert
        {
            Name = "KubePodCrashLooping",
            Status = AlertStatus.Firing,
            Labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["namespace"] = "shop" },
            StartsAt = _bench.Now,
            Fingerprint = "f1",
        };
        _bench.Resolver = a => new(_bench.Resource, false, a.Labels, "not known here");
        _bench.Deliver(alert);
        _bench.Deliver(alert with { Status = AlertStatus.Resolved, EndsAt = _bench.Now });
        _bench.Resolver = a => new(
            _bench.Resource, true, new Dictionary<string, string>(a.Labels) { ["workload"] = "api" }, "by its label");
        _bench.Deliver(alert);

        _bench.Only<AlertObserved>();
        Assert.False(Assert.Single(_bench.State.Incidents).IsFiring);
    }

    [Fact]
    public void SecondAlert_OfTheSameProblem_JoinsTheIncident()
    {
        _bench.Fire("f1");
        _bench.Fire("f2", "KubernetesPodCrashLooping");
        Assert.Equal(2, Assert.Single(_bench.State.Incidents).Alerts.Count);
    }

    [Fact]
    public void Observe_JournalsTheFirstStepAndTouchesNothing()
    {
        _bench.Settings = new() { Mode = Mode.Observe };
        _bench.Fire();
        _bench.Planned();
        _bench.Wake(TimeSpan.FromHours(1));

        Assert.Equal("evict", _bench.Only<WouldAct>().Name);
        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal("observed", IncidentRows.Status(_bench.State.Incidents[0]).Status);
    }

    [Fact]
    public void Ladder_ThatNeverHelps_TriesEveryRungOnceAndEscalates()
    {
        _bench.Fire();
        _bench.Climb(good: false);
        _bench.Climb(good: false);

        Assert.Equal(["evict", "undo"], _bench.Intents.Select(i => i.Name));
        var escalated = _bench.Only<Escalated>();
        Assert.Equal("deployment shop/api keeps restarting", escalated.Message);
        Assert.Equal(2, escalated.Tried.Count);
        _bench.Wake(TimeSpan.FromHours(5));
        Assert.Equal(2, _bench.Intents.Count);
        Assert.False(_bench.Job<TellPeople>().Closing);
    }

    [Fact]
    public void Escalation_IsOver_WhenAlertsAndClusterSaySo()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        _bench.Resolve();
        Assert.False(_bench.Job<TellPeople>().Closing);
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));

        Assert.Empty(_bench.State.Incidents);
        Assert.Equal(CloseReason.Healed, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void StrongStep_InApproveMode_WaitsForAPerson()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned("undo to revision 1");
        _bench.Wake(TimeSpan.FromMinutes(5));
        Assert.Empty(_bench.Intents);

        Assert.True(_bench.Approve().Done);
        _bench.Planned("undo to revision 1");
        Assert.Equal("undo", Assert.Single(_bench.Intents).Name);
        Assert.Equal("ada", _bench.Journal.Single(h => h.Event is ApprovalGiven).Actor);
    }

    [Fact]
    public void MildStep_InApproveMode_ActsAlone()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("evict", "kubernetes.evict-pod"));
        _bench.Fire();
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void Approval_OfAPlanThatChanged_IsAskedForAgain()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned("undo to revision 1");
        _bench.Approve();
        _bench.Planned("undo to revision 2");

        Assert.Empty(_bench.Intents);
        Assert.Equal(2, _bench.Happenings<ApprovalRequested>().Count());
    }

    [Fact]
    public void Approval_HoldsForTheSameChange_ThoughThePodRestartedOnMeanwhile()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("delete", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned("delete the pod, which restarted 7 times", new Change("pod shop/api-1", "deletionTimestamp", "", "set"));
        _bench.Approve();
        _bench.Planned("delete the pod, which restarted 9 times", new Change("pod shop/api-1", "deletionTimestamp", "", "set"));
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void Approval_ThatNobodyGives_Escalates()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
        _bench.Wake(TimeSpan.FromMinutes(31));
        Assert.Contains("nobody approved 'undo' in time", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Approval_OfNothing_IsRefusedWithAReason()
    {
        _bench.Fire();
        Assert.False(_bench.Approve().Done);
    }

    [Fact]
    public void OldView_HoldsAndGoesOnWhenItIsFresh()
    {
        _bench.ViewAge = TimeSpan.FromMinutes(2);
        _bench.Fire();
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal("stale", _bench.Only<Held>().Guard);

        _bench.ViewAge = TimeSpan.Zero;
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void Alert_ThatTheClusterContradicts_IsHeld()
    {
        _bench.Crashing = false;
        _bench.Fire();
        Assert.Contains("does not show what the alert says", _bench.Only<Held>().Reason, StringComparison.Ordinal);
        _bench.Resolve();
        Assert.Equal(CloseReason.Healed, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void ProblemThatIsGone_BeforeAnythingIsChanged_EndsTheRun()
    {
        _bench.Fire();
        _bench.Crashing = false;
        _bench.Planned();
        Assert.Empty(_bench.Intents);
        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
    }

    /// <summary>The rules of what ships say the same as the playbooks' problems: they find nothing any more either.</summary>
    [Fact]
    public void ProblemThatIsGone_ForTheRulesToo_IsHealed_AndEarnsNothing()
    {
        _bench.Fire();
        _bench.Crashing = false;
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Planned();
        Assert.Empty(_bench.Intents);
        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
    }

    [Fact]
    public void Rule_ThatStops_EndsARunBetweenItsSteps()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.Rules = a => Bench.Says(DecisionKind.Suppress, a);
        _bench.Verified(good: false);

        Assert.Equal(RunOutcome.Escalated, _bench.Only<RunEnded>().Outcome);
        Assert.Contains("the rules say suppress now", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void ResolvedAlert_ProvesNothing_TheRunGoesOn()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.Resolve();
        _bench.Verified(good: false);
        _bench.Wake(TimeSpan.FromSeconds(20));
        _bench.Planned();
        Assert.Equal(2, _bench.Intents.Count);
    }

    [Fact]
    public void RungWhoseConditionDoesNotHold_IsPassedOver()
    {
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", false, "workload{desired=\"1\"}"),
            Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
        Assert.Equal("evict", _bench.Only<StepPassedOver>().Name);
        Assert.Equal("undo", Assert.Single(_bench.Intents).Name);
    }

    [Fact]
    public void RungThatIsRefused_IsLeftForTheNext()
    {
        _bench.Fire();
        _bench.Report(_bench.Job<MakePlan>(), new PlanRefused("the pod has no owner"));
        _bench.Planned();
        Assert.Equal("undo", Assert.Single(_bench.Intents).Name);
    }

    [Fact]
    public void FailedRung_ThatSaysSo_IsUndoneFirst()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", undo: true));
        _bench.Fire();
        _bench.Climb(good: false);
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("put back")));
        Assert.Equal("put back", _bench.Only<ActionUndone>().Message);
        Assert.Single(_bench.Happenings<Escalated>());
    }

    [Fact]
    public void LostAct_IsProbedAfterItsDeadlineAndTheMarginOnly()
    {
        _bench.Fire();
        _bench.Planned();
        var intent = Assert.Single(_bench.Intents);
        _bench.Now = intent.NotAfter + TimeSpan.FromSeconds(9);
        _bench.Wake();
        Assert.Empty(_bench.Last.Jobs);
        _bench.Wake(TimeSpan.FromSeconds(1));

        _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.Happened, "the pod is gone")));
        _bench.Verified();
        Assert.Single(_bench.Intents);
        Assert.Equal(CloseReason.Verified, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void ActThatDidNotHappen_IsDoneAgainUnderItsId_Once_AndThenAPersonKnows()
    {
        _bench.Fire();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            _bench.Planned();
            _bench.Report(_bench.Act!, new CallFailed(FailureKind.Unknown, "the connection broke"));
            _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.DidNotHappen, "the pod is there")));
            _bench.Wake(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _bench.Intents.Count);
        Assert.Single(_bench.Intents.Select(i => i.ActionId).Distinct());
        Assert.Contains(
            "did not happen in 2 attempts",
            _bench.Only<ActionFailed>(a => a.Kind is FailureKind.Permanent).Message,
            StringComparison.Ordinal);
        Assert.Equal("'evict pod shop/api-1' could not be done: it did not happen in 2 attempts", _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void ActThatNobodyCanTellOf_IsNeverRepeatedAndEndsAtAPerson()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Report(_bench.Act!, new CallFailed(FailureKind.Unknown, "the connection broke"));
        _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.Unknown, "it cannot be read")));

        Assert.Single(_bench.Happenings<ActionInDoubt>());
        Assert.Single(_bench.Happenings<Escalated>());
        _bench.Wake(TimeSpan.FromHours(3));
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void ResultThatNobodyWaitsFor_IsDropped()
    {
        _bench.Fire();
        var plan = _bench.Job<MakePlan>();
        _bench.Planned();
        var before = _bench.Journal.Count;
        _bench.Report(plan, new PlanMade(new() { Summary = "something else" }));
        Assert.Equal(before, _bench.Journal.Count);
    }

    [Fact]
    public void ProblemThatComesBack_WaitsForItsCooldown_AndEscalatesWhenItsAttemptsAreSpent()
    {
        _bench.Fire("f1");
        _bench.Climb(good: true);
        _bench.Now += TimeSpan.FromMinutes(5);
        _bench.Fire("f2", startsAt: _bench.Now);
        Assert.Equal("cooldown and attempts", _bench.Only<Held>().Guard);
        Assert.NotNull(_bench.State.Incidents[0].RecurrenceOf);

        _bench.Wake(TimeSpan.FromMinutes(26));
        _bench.Climb(good: true);
        _bench.Now += TimeSpan.FromHours(1);
        _bench.Fire("f3", startsAt: _bench.Now);
        Assert.Contains("tried 2 times", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    /// <summary>Of an incident whose playbook may not run again nothing was kept yet.</summary>
    [Fact]
    public void WhoeverGetsAProblem_WhoseAttemptsAreSpent_GetsTheEvidenceOfItsPlaybook()
    {
        _bench.Fire("f1");
        _bench.Climb(good: true);
        _bench.Wake(TimeSpan.FromMinutes(40));
        _bench.Fire("f2", startsAt: _bench.Now);
        _bench.Climb(good: true);
        _bench.Now += TimeSpan.FromHours(1);
        _bench.Playbook = _bench.Playbook with { Evidence = [new("kubernetes.logs", ActionInputTemplate.Of(new NoInput()))] };
        _bench.Fire("f3", startsAt: _bench.Now);
        Assert.Empty(_bench.Happenings<Escalated>());

        _bench.Report(
            Assert.Single(_bench.Last.Jobs.OfType<CollectEvidence>()),
            new EvidenceRead(
                [new("kubernetes.logs", "Log", "it leaks", [], new Dictionary<string, string> { ["last_log_lines"] = "it leaks" }, null)]));

        var escalated = _bench.Only<Escalated>();
        Assert.Contains("tried 2 times", escalated.Reason, StringComparison.Ordinal);
        Assert.Equal("it leaks", escalated.Evidence);
    }

    [Fact]
    public void AlertThatGoesOnFiring_LongAfterItsIncidentWasClosed_IsNewsAgain()
    {
        _bench.Fire();
        _bench.Climb(good: true);
        _bench.Now += TimeSpan.FromMinutes(10);
        _bench.Fire();
        Assert.Empty(_bench.State.Incidents);
        _bench.Now += TimeSpan.FromMinutes(11);
        _bench.Fire();
        Assert.Single(_bench.State.Incidents);
    }

    [Fact]
    public void ReplayOfAnAlert_ThatWasResolved_OpensNothing()
    {
        _bench.Fire();
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Resolve();
        _bench.Fire();
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void Rule_For_MustWinContinuously()
    {
        _bench.Rules = a => Bench.Run(a) with { For = TimeSpan.FromMinutes(2) };
        _bench.Fire();
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Empty(_bench.Happenings<RunStarted>());
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Fact]
    public void UnknownAlert_IsJournalledAsUnhandled_AndEndsWithItsAlert()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Fire(name: "SomethingNew");
        Assert.Equal("unhandled", IncidentRows.Status(Assert.Single(_bench.State.Incidents)).Status);
        _bench.Resolve(name: "SomethingNew");
        Assert.Empty(_bench.State.Incidents);
    }

    [Theory]
    [InlineData(true, 15)]
    [InlineData(false, 300)]
    public void UnhandledAlert_IsDecidedAgainSoon_WhereARuleAsksForIt(bool asked, int seconds)
    {
        var trace = new CandidateTrace(
            "pod-crash",
            "rules.yaml:1",
            false,
            [new("alert", "KubePodCrashLooping", asked, ""), new("when", "container", false, "no such fact")]);
        _bench.Rules = a => Bench.Says(DecisionKind.None, a) with { Trace = [trace] };
        _bench.Fire();
        Assert.Equal(_bench.Now + TimeSpan.FromSeconds(seconds), _bench.Last.Due);
    }

    [Fact]
    public void OtherProblem_BehindTheSameAlert_IsFollowed()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Fire();
        _bench.Rules = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal("restart-loop", _bench.State.Incidents[0].Problem);
        Assert.Equal("KubePodCrashLooping", _bench.Only<ProblemChanged>().From);
    }

    [Fact]
    public void PermitThatIsDenied_HoldsTheStepWithoutAnIntent()
    {
        _bench.Fire();
        _bench.PermitDenied = "2 of 2 changes are in flight in namespace test/shop";
        _bench.Planned();
        Assert.Empty(_bench.Intents);
        Assert.Equal("budget", _bench.Only<Held>().Guard);

        _bench.PermitDenied = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Empty(_bench.Intents);
        _bench.Planned("evict another pod");
        Assert.Equal("evict another pod", Assert.Single(_bench.Intents).Plan.Summary);
    }

    [Fact]
    public void Facts_OlderThanTheLastChange_DecideNothing()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.ViewAge = TimeSpan.FromSeconds(60);
        _bench.Verified(good: false);
        Assert.Contains("does not yet show what the last step changed", _bench.Only<Held>().Reason, StringComparison.Ordinal);
        _bench.ViewAge = TimeSpan.Zero;
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Equal(2, _bench.Intents.Count);
    }
}
