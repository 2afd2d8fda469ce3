using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

/// <summary>The engine knows nothing of a guard but its data: one that it never heard of is answered as its stage says.</summary>
public sealed class GuardOfTomorrowTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(31);

    private readonly Bench _bench = new();

    [Theory]
    [InlineData(GuardStage.Sight, false)]
    [InlineData(GuardStage.Hold, true)]
    [InlineData(GuardStage.Look, true)]
    [InlineData(GuardStage.Room, true)]
    public void WhileItRefuses_ARunEndsForAProblemThatIsGone_UnlessItIsOfSight(GuardStage stage, bool ends)
    {
        RefusesSteps(stage);
        _bench.Fire();
        Assert.Equal("of tomorrow", _bench.Only<Held>().Guard);
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromSeconds(20));

        Assert.Equal(ends ? [RunOutcome.Healed] : [], _bench.Happenings<RunEnded>().Select(e => e.Outcome));
    }

    [Theory]
    [InlineData(GuardStage.Sight, false)]
    [InlineData(GuardStage.Hold, false)]
    [InlineData(GuardStage.Room, false)]
    [InlineData(GuardStage.Owner, false)]
    [InlineData(GuardStage.Look, true)]
    [InlineData(GuardStage.Release, true)]
    public void WhileItRefuses_NobodyLooks_UnlessALookOrAPersonMayAnswerIt(GuardStage stage, bool looks)
    {
        RefusesSteps(stage);
        _bench.Playbook = _bench.Playbook with { Looks = [new("host.disk", ActionInputTemplate.Of(new NoInput()))] };
        _bench.Fire();
        var job = _bench.Job<LookAtResource>();
        _bench.Report(job, new LookMade(new(job.Playbook, _bench.Now, [LookItem.Saw("host.disk", [])])));
        Assert.Single(_bench.Happenings<RunStarted>());
        _bench.Wake(TimeSpan.FromMinutes(2));

        Assert.Equal(looks, _bench.Last.Jobs.Any(j => j is LookAtResource));
    }

    [Theory]
    [InlineData(GuardStage.Hold)]
    [InlineData(GuardStage.Room)]
    public void Hold_IsAnsweredBeforeTheConditionsOfTheStep_AndRoomAfterThem(GuardStage stage)
    {
        RefusesSteps(stage);
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto,
            Bench.Step("evict", "kubernetes.evict-pod", false, "node{ready=\"true\"}"),
            Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();

        Assert.Equal(stage is GuardStage.Hold ? [] : [0], _bench.Happenings<StepPassedOver>().Select(p => p.Step));
    }

    [Fact]
    public void StepThatAnOwnerWouldRevert_IsPassedOver()
    {
        RefusesSteps(GuardStage.Owner, of: "kubernetes.evict-pod");
        _bench.Fire();

        Assert.Equal(("evict", "not now"), (_bench.Only<StepRefused>().Name, _bench.Only<StepRefused>().Reason));
        Assert.Equal("kubernetes.rollout-undo", _bench.Job<MakePlan>().Call.Use);
    }

    [Fact]
    public void StepThatAPersonMayRelease_IsPlanned_AndAsksForOne()
    {
        RefusesSteps(GuardStage.Release);
        _bench.Fire();
        _bench.Planned();

        Assert.Equal("evict", _bench.Only<ApprovalRequested>().Name);
        Assert.Empty(_bench.Intents);
    }

    [Fact]
    public void WithinARun_ItWaitsForHalfAnHour_AndThenPeopleGetIt()
    {
        RefusesSteps(GuardStage.Room);
        _bench.Fire();
        _bench.Wake(Patience);

        Assert.Equal("of tomorrow: not now", _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void GuardOfPeople_HoldsForAsLongAsTheySay_AndNobodyIsTold()
    {
        RefusesSteps(GuardStage.Hold, g => g with { IsOfPeople = true });
        _bench.Fire();
        _bench.Wake(Patience);

        Assert.Equal("of tomorrow", _bench.Only<Held>().Guard);
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void GuardOfPeople_StopsAnUndo_AndNoOtherDoes(bool isOfPeople, int undoings)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", undo: true));
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        RefusesSteps(GuardStage.Sight, g => g with { IsOfPeople = isOfPeople });
        _bench.Verified(good: false);

        Assert.Equal(undoings, _bench.Undoings);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void GuardOfPeople_CancelsAnActInProgress_AndNoOtherDoes(bool isOfPeople, int cancellings)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("drain", "test.drain"));
        _bench.Fire();
        _bench.Planned();
        _bench.Report(
            _bench.Act!,
            new CallReturned(new("begun") { Began = new("act-1", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(20)) }));
        RefusesSteps(GuardStage.Sight, g => g with { IsOfPeople = isOfPeople });
        _bench.Wake(TimeSpan.FromMinutes(1));

        Assert.Equal(cancellings, _bench.Cancellings);
        Assert.Equal(isOfPeople ? ["of tomorrow: not now"] : [], _bench.Happenings<CancelIntended>().Select(c => c.Reason));
    }

    /// <summary>Neither is told of a symptom: neither a rule's escalation, nor a run that would give up.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LargerProblem_IsWaitedFor_AndNobodyIsTold(bool byRule)
    {
        _bench.NewGuards.Add(new("of tomorrow", GuardStage.Hold, _ => Verdict.Allowed) {
            LargerProblem = (_, _) => Verdict.Refused("something bigger") });
        if (byRule)
        {
            _bench.Rules = a => Bench.Says(DecisionKind.Escalate, a);
        }
        else
        {
            _bench.Settings = new() { Mode = Mode.Auto, Protected = ["shop/*/*"] };
        }

        _bench.Fire();
        _bench.Wake(Patience);

        Assert.Equal(("of tomorrow", "something bigger"), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    private void RefusesSteps(GuardStage stage, Func<Guard, Guard>? data = null, string? of = null)
    {
        var guard = new Guard("of tomorrow", stage, s =>
            s.Step is null || (of is not null && s.Step.Use != of) ? Verdict.Allowed : Verdict.Refused("not now"));
        _bench.NewGuards.Add(data is null ? guard : data(guard));
    }
}
