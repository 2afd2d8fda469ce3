using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Core.Safety;

namespace Remediator.Core.Tests.Incidents;

/// <summary>
/// What changes while a run goes on counts at once: who has the resource, what people allow, and what was planned or released.
/// </summary>
public sealed class SecondThoughtsTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void UndoThatWasPaused_GoesOnWithItsPlan()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo", undo: true));
        _bench.Fire();
        _bench.Planned("undo the rollout");
        _bench.Acted();
        _bench.Paused = "change freeze";
        _bench.Verified(good: false);
        Assert.Empty(_bench.Last.Jobs);
        Assert.Equal(("paused", "everything is paused: change freeze"), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        _bench.Paused = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal("undo the rollout", _bench.Job<UndoPlan>().Plan.Summary);
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("undone")));
        Assert.Single(_bench.Happenings<ActionUndone>());
    }

    [Fact]
    public void Undo_IsIntendedBeforeItIsBegun_AndBegunOnlyByWhoHasJustCommittedThat()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo", undo: true));
        _bench.Fire();
        _bench.Planned("undo the rollout");
        _bench.Acted();
        _bench.Verified(good: false);
        var intended = _bench.Only<UndoIntended>();
        Assert.Equal(("undo the rollout", _bench.Now + TimeSpan.FromMinutes(1)), (intended.What, intended.NotAfter));
        Assert.Equal(intended.NotAfter, _bench.Job<UndoPlan>().NotAfter);

        _bench.Wake();
        Assert.Empty(_bench.Last.Jobs);
    }

    [Fact]
    public void UndoThatWasLost_IsIntendedAgain_AfterItsTimeAndTheMarginOnly_AndNotWhilePaused()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo", undo: true));
        _bench.Fire();
        _bench.Planned("undo the rollout");
        _bench.Acted();
        _bench.Verified(good: false);
        var lost = _bench.Job<UndoPlan>();
        _bench.Wake(TimeSpan.FromSeconds(69));
        Assert.Single(_bench.Happenings<UndoIntended>());

        _bench.Paused = "change freeze";
        _bench.Wake(TimeSpan.FromSeconds(2));
        Assert.Single(_bench.Happenings<UndoIntended>());
        Assert.Equal("paused", _bench.Only<Held>().Guard);

        _bench.Paused = null;
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal(2, _bench.Happenings<UndoIntended>().Count());
        _bench.Report(lost, new CallReturned(new("too late")));
        Assert.Empty(_bench.Happenings<ActionUndone>());
    }

    [Fact]
    public void MilderStep_IsPassedOver_WhereTheStrongerOneWasDone_AlsoByTheProcessBefore()
    {
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"), Bench.Step("evict", "kubernetes.evict-pod", when: Mild));
        _bench.Fire();
        _bench.Planned("undo the rollout");
        _bench.Acted();
        _bench.Restart();
        _bench.Verified(good: false);

        Assert.Equal(["kubernetes.rollout-undo"], _bench.Intents.Select(i => i.Use));
        Assert.StartsWith($"{Mild} does not hold", _bench.Only<StepPassedOver>().Reason, StringComparison.Ordinal);
        Assert.Single(_bench.Happenings<Escalated>());
    }

    private const string Mild = "count(done{use=~\"kubernetes.rollout-undo|other\"}) == 0";

    [Fact]
    public void PlanOfBeforeTheClockWasSetBack_IsMadeAgain()
    {
        _bench.Fire();
        Deny();
        Deny();
        Assert.NotNull(_bench.State.Incidents[0].Run!.Plan);
        _bench.PermitDenied = null;
        _bench.Wake(TimeSpan.FromHours(-1));
        Assert.Empty(_bench.Intents);
        Assert.NotNull(_bench.Job<MakePlan>());
    }

    [Fact]
    public void Run_EndsWhenPeopleGetTheResource_AndAnotherGoesOnAfterThem()
    {
        _bench.Rules = alert => alert.Name == "Trouble" ? Bench.Says(DecisionKind.Escalate, alert) : Bench.Run(alert);
        _bench.Fire();
        _bench.Fire("p", "Trouble");
        var trouble = _bench.State.OfProblem("Trouble")!;
        var why = $"incident {trouble.Id} (Trouble) is with people on this resource";
        Assert.Equal((RunOutcome.Stopped, why), (_bench.Only<RunEnded>().Outcome, _bench.Only<RunEnded>().Reason));
        _bench.Wake(TimeSpan.FromHours(2));
        Assert.Equal(("busy", why), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        _bench.Resolve("p", "Trouble");
        _bench.Planned();
        Assert.Equal(["kubernetes.evict-pod"], _bench.Intents.Select(i => i.Use));
    }

    [Fact]
    public void RunThatChangedSomething_AndEndsWhenPeopleGetTheResource_IsToldOfToo()
    {
        _bench.Rules = alert => alert.Name == "Trouble" ? Bench.Says(DecisionKind.Escalate, alert) : Bench.Run(alert);
        _bench.Fire();
        _bench.Climb(good: false);
        _bench.Fire("p", "Trouble");
        Assert.Equal(2, _bench.Happenings<Escalated>().Count());
        Assert.StartsWith(
            "something was changed, and it is not known to have helped; incident ",
            _bench.Only<RunEnded>().Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void StepThatAPersonReleased_IsDoneThoughPeopleHaveTheResource()
    {
        _bench.Rules = alert => alert.Name == "Trouble" ? Bench.Says(DecisionKind.Escalate, alert) : Bench.Run(alert);
        ToBeReleased();
        _bench.Fire("p", "Trouble");
        Assert.NotNull(_bench.State.OfProblem("Trouble")!.Escalation);
        _bench.Planned(Plan("u"));
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void ActThatWasRefused_IsNoReasonForTheNextStep()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Report(_bench.Act!, new CallFailed(FailureKind.Permanent, "forbidden"));
        Assert.Equal(RunOutcome.Escalated, _bench.Only<RunEnded>().Outcome);
        Assert.Equal("'evict pod shop/api-1' could not be done: forbidden", _bench.Only<Escalated>().Reason);
        Assert.Null(_bench.Only<Escalated>().NextStep);
        Assert.Null(_bench.State.History["restart-loop"].LastEnded);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is MakePlan);
    }

    [Fact]
    public void StepThatCannotBePlanned_IsNotOfferedToPeople()
    {
        _bench.Fire();
        for (var attempt = 0; _bench.Happenings<Escalated>().FirstOrDefault() is null; attempt++)
        {
            Assert.True(attempt < 20, "It is planned again and again.");
            _bench.Report(_bench.Job<MakePlan>(), new CallFailed(FailureKind.Transient, "no pod of it crashes now"));
            _bench.Wake(TimeSpan.FromSeconds(15));
        }

        Assert.StartsWith("'evict' could not be planned ", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
        Assert.Null(_bench.Only<Escalated>().NextStep);
    }

    /// <summary>The list says "held" once, whichever guard holds.</summary>
    [Fact]
    public void WhatIsHeld_SaysSoOnce()
    {
        _bench.Workload["hold"] = "being debugged";
        _bench.Fire();
        var (status, summary) = Core.Incidents.IncidentRows.Status(_bench.State.Incidents[0]);
        Assert.Equal("held", status);
        Assert.DoesNotContain("held:", summary, StringComparison.Ordinal);
        Assert.Contains("being debugged", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void PlaybookThatIsLoweredMeanwhile_OnlySaysWhatItWouldDo()
    {
        _bench.Fire();
        _bench.Playbook = _bench.Playbook with { Mode = Mode.Observe, Source = "newer" };
        _bench.Planned();
        Assert.Equal("setting auto, playbook observe", _bench.Only<WouldAct>().Under);
    }

    [Fact]
    public void PlaybookThatIsRaisedMeanwhile_LetsTheRunDoNoMore()
    {
        _bench.Playbook = _bench.Playbook with { Mode = Mode.Observe };
        _bench.Fire();
        _bench.Playbook = _bench.Playbook with { Mode = Mode.Auto, Source = "newer" };
        _bench.Planned();
        Assert.Single(_bench.Happenings<WouldAct>());
        Assert.Empty(_bench.Intents);
    }

    [Fact]
    public void PolicyThatWantsMorePeopleMeanwhile_AsksAgain()
    {
        ToBeReleased();
        _bench.Policy = new() { Approvals = [new(PolicyMatch.Everything, 2)] };
        _bench.Planned(Plan("u"));
        Assert.Equal([1, 2], _bench.Happenings<ApprovalRequested>().Select(a => a.People));
        Assert.Empty(_bench.Intents);
    }

    [Theory]
    [InlineData("u", 1)]
    [InlineData("v", 0)]
    public void Release_IsOfOneObject(string uid, int acts)
    {
        ToBeReleased();
        _bench.Planned(Plan(uid));
        Assert.Equal(acts, _bench.Intents.Count);
    }

    /// <summary>A machine that was started again, and another run of a service, are other targets than the one that was released.</summary>
    [Theory]
    [InlineData("boot_id")]
    [InlineData("machine_id")]
    [InlineData("instance_id")]
    [InlineData("invocation_id")]
    public void Release_IsOfOneStartOfOneMachine(string name)
    {
        ToBeReleased();
        var plan = Plan("u");
        _bench.Planned(plan with { Preconditions = new Dictionary<string, string>(plan.Preconditions) { [name] = "another" } });
        Assert.Empty(_bench.Intents);
        Assert.Equal(2, _bench.Happenings<ApprovalRequested>().Count());
    }

    [Theory]
    [InlineData("old", false)]
    [InlineData("new", true)]
    [InlineData("", true)]
    public void Undo_IsForARolloutWhoseOwnPodsCrash(string crashing, bool undone)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Crashing = false;
        _bench.More.Add(
            Fact.Parse($$"""container{namespace="shop",workload="api",workload_kind="deployment",container="api",crashing="true",revision="{{crashing}}"}"""));
        (_bench.Workload["rolling_out"], _bench.Workload["revision"]) = ("true", "new");
        var guarded = _bench.Guarded(_bench.Playbook.Ladder[0]);
        Assert.Equal(
            undone ? null : "a rollout of deployment shop/api is in progress, and only old pods crash: the rollout may be the repair",
            Guards.FirstRefusal(guarded)?.Verdict.Refusal);
    }

    private static ActionPlan Plan(string uid) =>
        new() { Summary = "undo the rollout", Preconditions = new Dictionary<string, string> { ["uid"] = uid } };

    private void ToBeReleased()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned(Plan("u"));
        Assert.True(_bench.Approve().Done);
    }

    /// <summary>The plan is made while the permit is free, and refused when it is wanted.</summary>
    private void Deny()
    {
        _bench.PermitDenied = null;
        _bench.Wake();
        _bench.PermitDenied = "another is in flight";
        _bench.Planned();
    }
}
