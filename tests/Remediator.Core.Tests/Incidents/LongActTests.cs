using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Acts that go on after the call, and after the process, that began them.</summary>
public sealed class LongActTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Bench _bench = new();

    [Fact]
    public void Act_IsWatchedToItsEnd_AndThenVerified()
    {
        Begin("test.replace");
        Assert.Equal(_bench.Now + (20 * Minute), _bench.Only<ActionBegan>().Until);

        Seen(new(ActState.InProgress, "the new one is Pending"), after: 3 * Minute);
        Seen(new(ActState.InProgress, "the new one is Pending"), after: 3 * Minute);
        Seen(new(ActState.InProgress, "the new one is InService"), after: 3 * Minute);
        Seen(new(ActState.Done, "replaced"), after: Minute);

        Assert.Equal(["the new one is Pending", "the new one is InService"], _bench.Happenings<ActionProgressed>().Select(p => p.Seen));
        Assert.Equal("replaced", _bench.Only<ActionSucceeded>().Message);
        _bench.Verified();
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
        Assert.Single(_bench.Intents);
    }

    /// <summary>Neither the deadline of the call nor its margin is a reason to ask whether it happened.</summary>
    [Fact]
    public void ProcessThatDies_WhileItGoesOn_IsNoReasonToProbeOrToEscalate()
    {
        Begin("test.replace");
        _bench.Restart();
        _bench.Wake(10 * Minute);

        Assert.Equal("act-1", _bench.Job<WatchAct>().Act.Handle);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is ProbePlan);
        Seen(new(ActState.Done, "replaced"));
        Assert.Single(_bench.Happenings<ActionSucceeded>());
        Assert.Single(_bench.Intents);
    }

    [Fact]
    public void ProcessThatDies_BeforeItsBeginningIsKnown_AsksTheTarget_AndGoesOn()
    {
        Intend("test.replace");
        _bench.Restart();
        _bench.Wake(2 * Minute);
        _bench.Report(_bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.Happened, "its activity goes on") { Began = Handle }));

        Assert.Equal("act-1", _bench.Job<WatchAct>().Act.Handle);
        Seen(new(ActState.Done, "replaced"));
        Assert.Single(_bench.Intents);
        Assert.Equal(RunPhase.Verifying, _bench.State.Incidents[0].Run!.Phase);
    }

    [Fact]
    public void ActThatFails_GoesToPeople_AndToNoStrongerStep()
    {
        Begin("test.replace");
        Seen(new(ActState.Failed, "the group refused"));

        Assert.Equal("'evict pod shop/api-1' could not be done: the group refused", _bench.Only<Escalated>().Reason);
        Assert.Single(_bench.Intents);
        Assert.NotNull(_bench.State.History["restart-loop"].LastEnded);
    }

    [Fact]
    public void ActOfWhichNobodyCanTell_IsInDoubt()
    {
        Begin("test.replace");
        Seen(new(ActState.Unknown, "its activity is gone"));

        Assert.Equal("its activity is gone", _bench.Only<ActionInDoubt>().Message);
        Assert.Contains("it is unknown whether", _bench.Only<Escalated>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ActWhoseTimeIsOver_AndThatCannotBeCancelled_GoesToPeopleWithWhatWasSeen()
    {
        Begin("test.replace");
        _bench.Wake(19 * Minute);
        Assert.Empty(_bench.Happenings<Escalated>());

        Seen(new(ActState.InProgress, "2 pods are left"), after: Minute);

        Assert.Equal(
            "'evict pod shop/api-1' could not be done: its time was over before it was done: 2 pods are left",
            _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void ActWhoseTimeIsOver_IsCancelledWhereItCanBe_AndGoesToPeople()
    {
        Begin("test.drain");
        Seen(new(ActState.InProgress, "2 pods are left"), after: 20 * Minute);

        Assert.Equal("its time is over; 2 pods are left", _bench.Only<CancelIntended>().Reason);
        _bench.Report(_bench.Job<CancelAct>(), new CallReturned(new("uncordoned")));
        Assert.Equal("uncordoned", _bench.Only<ActionCancelled>().Message);
        Assert.Equal("'evict pod shop/api-1' was not done in time, and was cancelled: 2 pods are left", _bench.Only<Escalated>().Reason);
    }

    [Theory]
    [InlineData(ActState.Done)]
    [InlineData(ActState.InProgress)]
    public void ActWhoseTimeWasOverWhileNobodyLooked_IsLookedAtBeforeItIsCancelled(ActState state)
    {
        Begin("test.drain");
        _bench.Restart();
        _bench.Wake(40 * Minute);
        Assert.Empty(_bench.Happenings<CancelIntended>());

        Seen(new(state, "drained or nearly"));

        Assert.Equal(state is ActState.Done ? 1 : 0, _bench.Happenings<ActionSucceeded>().Count());
        Assert.Equal(state is ActState.Done ? 0 : 1, _bench.Happenings<CancelIntended>().Count());
    }

    [Fact]
    public void Pause_EndsWhatCanBeCancelled_OnceAndWithItsIntentBefore()
    {
        Begin("test.drain");
        _bench.Paused = "stop";
        _bench.Wake(Minute);
        _bench.Wake(TimeSpan.FromSeconds(10));

        Assert.StartsWith("paused: ", _bench.Only<CancelIntended>().Reason, StringComparison.Ordinal);
        Assert.Equal(1, _bench.Cancellings);
        var cancel = _bench.Journal.Select(h => h.Event).OfType<CancelIntended>().Single();
        _bench.Report(Cancelling(cancel), new CallReturned(new("uncordoned")));

        Assert.Equal(RunOutcome.Stopped, _bench.Only<RunEnded>().Outcome);
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Empty(_bench.State.Incidents[0].Done);
    }

    [Fact]
    public void Pause_DoesNotEndWhatHasToBeFinished_AndTheJournalSaysSoOnce()
    {
        Begin("test.replace");
        _bench.Paused = "stop";
        _bench.Wake(Minute);
        _bench.Wake(Minute);

        Assert.Equal("paused", _bench.Only<StopDeferred>().Guard);
        Seen(new(ActState.Done, "replaced"));
        Assert.Single(_bench.Happenings<ActionSucceeded>());
    }

    [Fact]
    public void CancellingThatIsLost_IsIntendedAgain_AndOneThatFails_IsWatchedToItsEnd()
    {
        Begin("test.drain");
        _bench.Paused = "stop";
        _bench.Wake(Minute);
        _bench.Restart();
        _bench.Wake(2 * Minute);

        Assert.Equal(2, _bench.Happenings<CancelIntended>().Count());
        _bench.Report(_bench.Job<CancelAct>(), new CallFailed(FailureKind.Permanent, "it is not there"));
        Assert.Equal("it is not there", _bench.Only<CancelFailed>().Message);
        Seen(new(ActState.Done, "drained"));
        Assert.Equal(2, _bench.Cancellings);
        Assert.Single(_bench.Happenings<ActionSucceeded>());
    }

    [Fact]
    public void ActThatDoesNotGoOnByItself_IsAppliedAgainUnderItsId_WithoutMoreTime()
    {
        Begin("test.drain");
        var until = _bench.State.Incidents[0].Run!.InProgress!.Until;
        Seen(new(ActState.InProgress, "3 pods are left") { NeedsPush = true }, after: Minute);

        Assert.Equal((2, "3 pods are left"), (_bench.Only<PushIntended>().Attempt, _bench.Only<PushIntended>().What));
        Assert.Equal((_bench.Intents[0].ActionId, $"{_bench.Intents[0].ActionId}/apply/2"), (_bench.Act!.Call.ActionId, _bench.Act.Id));
        _bench.Report(_bench.Act, new CallReturned(new("evicts 3") { Began = Handle }));
        Assert.Equal(until, _bench.State.Incidents[0].Run!.InProgress!.Until);

        Seen(new(ActState.InProgress, "1 pod is left") { NeedsPush = true });
        _bench.Report(_bench.Act!, new CallFailed(FailureKind.Unknown, "connection lost"));
        Seen(new(ActState.Done, "drained"));
        Assert.Single(_bench.Happenings<ActionSucceeded>());
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    /// <summary>The process died before the call, or its answer came to nobody: it is as it was, or as far as that call came.</summary>
    [Theory]
    [InlineData("3 pods are left")]
    [InlineData("1 pod is left")]
    public void PushThatIsLost_IsIntendedAgain_WhereALookSaysThatItIsNeeded(string seen)
    {
        Begin("test.drain");
        Seen(new(ActState.InProgress, "3 pods are left") { NeedsPush = true });
        _bench.Restart();
        _bench.Wake(2 * Minute);
        Seen(new(ActState.InProgress, seen) { NeedsPush = true });

        Assert.Equal([2, 3], _bench.Happenings<PushIntended>().Select(p => p.Attempt));
        Assert.Equal($"{_bench.Intents[0].ActionId}/apply/3", _bench.Act!.Id);
        _bench.Report(_bench.Act, new CallReturned(new("evicts them") { Began = Handle }));
        Seen(new(ActState.Done, "drained"));
        Assert.Single(_bench.Happenings<ActionSucceeded>());
    }

    [Fact]
    public void PushThatIsLost_AndHadItsEffect_IsWatchedToItsEnd()
    {
        Begin("test.drain");
        Seen(new(ActState.InProgress, "3 pods are left") { NeedsPush = true });
        _bench.Restart();
        _bench.Wake(2 * Minute);
        Seen(new(ActState.InProgress, "3 pods are ending"));
        _bench.Paused = "stop";
        _bench.Wake(Minute);

        Assert.Single(_bench.Happenings<PushIntended>());
        Assert.Single(_bench.Happenings<CancelIntended>());
    }

    [Fact]
    public void Push_IsNotBegunWhilePeopleHaveStoppedChanges()
    {
        Begin("test.replace");
        Seen(new(ActState.InProgress, "the old one waits") { NeedsPush = true }, before: () => _bench.Paused = "stop");

        Assert.Empty(_bench.Happenings<PushIntended>());
        Assert.Equal("paused", _bench.Only<Held>().Guard);
        _bench.Paused = null;
        _bench.Wake(Minute);
        Assert.Single(_bench.Happenings<PushIntended>());
    }

    [Fact]
    public void TakingBack_MayGoOnToo()
    {
        BeginToTakeBack();
        _bench.Restart();
        _bench.Wake(10 * Minute);

        Seen(new(ActState.InProgress, "half of it"));
        Seen(new(ActState.Done, "as before"));
        Assert.Equal("as before", _bench.Only<ActionUndone>().Message);
        Assert.Equal(1, _bench.Undoings);
    }

    [Fact]
    public void TakingBackThatDoesNotGoOnByItself_IsNotLookedAtWhileItsCallIsOut()
    {
        BeginToTakeBack();
        Seen(new(ActState.InProgress, "it is back") { NeedsPush = true });
        var call = _bench.Job<UndoPlan>();
        _bench.Wake(TimeSpan.FromSeconds(1));

        Assert.Empty(_bench.Last.Jobs);
        _bench.Report(call, new CallReturned(new("as before")));
        Assert.Equal("as before", _bench.Only<ActionUndone>().Message);
        Assert.Equal(2, _bench.Undoings);
    }

    [Fact]
    public void TakingBackWhoseCallIsLost_IsLookedAtAgain_AndAskedForWhereThatIsNeeded()
    {
        BeginToTakeBack();
        Seen(new(ActState.InProgress, "it is back") { NeedsPush = true });
        _bench.Restart();
        _bench.Wake(2 * Minute);
        Seen(new(ActState.InProgress, "it is back") { NeedsPush = true });

        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("as before")));
        Assert.Equal("as before", _bench.Only<ActionUndone>().Message);
        Assert.Equal(3, _bench.Happenings<UndoIntended>().Count());
    }

    private static Began Handle => new("act-1", TimeSpan.FromSeconds(15), 20 * Minute);

    private void Intend(string use)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("long", use), Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned();
    }

    private void Begin(string use)
    {
        Intend(use);
        _bench.Report(_bench.Act!, new CallReturned(new("begun") { Began = Handle }));
    }

    private void BeginToTakeBack()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("replace", "test.replace", undo: true));
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.Verified(good: false);
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("begun to go back") { Began = Handle }));
    }

    private void Seen(ActStatus status, TimeSpan after = default, Action? before = null)
    {
        var job = _bench.Job<WatchAct>();
        _bench.Now += after;
        before?.Invoke();
        _bench.Report(job, new ActSeen(status));
    }

    private CancelAct Cancelling(CancelIntended intent)
    {
        var run = _bench.State.Incidents[0].Run!;
        return new(new(intent.ActionId, run.Use, new NoInput(), _bench.World().Scope), run.Plan!, run.InProgress!.Handle, intent.NotAfter)
        {
            Id = $"{intent.ActionId}/cancel/{intent.NotAfter.UtcTicks}",
            IncidentId = _bench.State.Incidents[0].Id,
            Resource = _bench.Resource,
            TraceId = "t",
        };
    }
}
