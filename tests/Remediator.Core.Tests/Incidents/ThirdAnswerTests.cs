using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>What follows from a verdict, and who hears of one that is not good.</summary>
public sealed class ThirdAnswerTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void GoodLook_WhileTheProblemStillShows_VerifiesNothing_AndFailsInTheEnd()
    {
        _bench.StaysSick = true;
        Done();
        _bench.Verified();
        Assert.Empty(_bench.Happenings<VerificationPassed>());
        Assert.Equal(RepairVerdict.Name, _bench.Only<Held>().Guard);
        _bench.Now += TimeSpan.FromMinutes(4);
        _bench.Verified();
        Assert.Equal(
            "3 of 3 ready, but its problem still shows: container{crashing=\"true\"}", _bench.Only<VerificationFailed>().Observed);
    }

    [Fact]
    public void GoodLook_WhileTheProblemShowedForAMoment_IsVerifiedAfterwards()
    {
        _bench.StaysSick = true;
        Done();
        _bench.Verified();
        _bench.StaysSick = false;
        _bench.Verified();
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
    }

    [Fact]
    public void ProblemThatShows_IsSeenByTheLooksToo()
    {
        Done();
        var job = _bench.Job<VerifyRepair>();
        Assert.True(job.Judge(new(true, "3 of 3 ready"), job.Call.Facts) is { Good: false, Open: true });
        Assert.False(job.Judge(new(false, "2 of 3 ready"), job.Call.Facts).Open);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Alert_HasToEnd_WhereItsPlaybookAsksForThat(bool asks)
    {
        var step = Bench.Step("evict", "kubernetes.evict-pod");
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, step with { Verify = step.Verify with { AlertEnds = asks } });
        Done();
        _bench.Verified();
        Assert.Equal(asks ? 0 : 1, _bench.Happenings<VerificationPassed>().Count());
        if (asks)
        {
            _bench.Resolve();
            _bench.Verified();
        }

        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
    }

    [Fact]
    public void StepThatWasUndone_IsToldOfAtOnce_ThoughNoRuleMatchesAnyMore()
    {
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", undo: true), Bench.Step("undo", "kubernetes.rollout-undo"));
        Done();
        _bench.Verified(good: false);
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Crashing = false;
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("put back")));
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Contains("it is not known to have helped", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ProblemThatIsThereAgainAfterAFailedRun_IsToldOfAtOnce_InItsCooldownToo()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod"));
        Done();
        _bench.Verified(good: false);
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null)]));
        _bench.Crashing = false;
        _bench.Resolve();
        _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null)]));
        Assert.Empty(_bench.State.Incidents);

        _bench.Crashing = true;
        _bench.Now += TimeSpan.FromMinutes(1);
        _bench.Fire(startsAt: _bench.Now);
        Assert.Equal(2, _bench.Happenings<Escalated>().Count());
        Assert.Single(_bench.Intents);
    }

    private void Done()
    {
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
    }
}
