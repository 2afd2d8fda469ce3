using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;

namespace Remediator.Crash.Tests.Histories;

/// <summary>Doctored histories: a check that complains of none of them would let everything pass.</summary>
public sealed class HistoryChecksTests
{
    private const string Twice = "doubled: action r1-0 had 2 effects: evict w0/p at 12:00:11.000, evict w0/p at 12:00:31.000";

    [Fact]
    public void GoodHistory_HasNoFault() => Assert.Empty(Recorded.Good().Faults());

    [Fact]
    public void HistoryThatEndsWithAPerson_HasNoFault() =>
        Assert.Empty(new Recorded()
            .Opened()
            .Intended(10)
            .Effect(11)
            .Write(12, new ActionFailed(Recorded.Action, FailureKind.Unknown, ""))
            .Probed(20, ProbeAnswer.Unknown)
            .Write(20, new ActionInDoubt(Recorded.Action, "")).Escalated(20).Told().Faults());

    [Fact]
    public void ActThatIsKnownNotToHaveHappened_MayBeDoneOnce() =>
        Assert.Empty(new Recorded()
            .Opened()
            .Intended(10)
            .Probed(20, ProbeAnswer.DidNotHappen)
            .Intended(30)
            .Effect(31)
            .Write(32, new ActionSucceeded(Recorded.Action, "", []))
            .Verified(40)
            .Faults());

    [Fact]
    public void AlertWithoutAnEntry_IsLost()
    {
        var history = Recorded.Good();
        history.Accepted.Add(new("f2", Recorded.Start, AlertStatus.Firing, "w1/q"));
        Assert.Equal(
            ["lost: the alert of w1/q that began at 12:00:00.000 was answered with 200 and is not in the journal"], history.Faults());
    }

    [Fact]
    public void AlertWhoseEndCameWithItsBeginning_IsKnownByItsEnd()
    {
        var history = Recorded.Good().Write(
            50, new AlertCleared(AlertSource.IdOf("f2", AlertSource.OfGroup("eu")), "A", Recorded.Start, Recorded.Start.AddSeconds(1)));
        history.Accepted.Add(new("f2", Recorded.Start, AlertStatus.Firing, "w1/q"));
        Assert.Empty(history.Faults());
    }

    [Fact]
    public void AlertThatBeganAgain_IsLost_WhereOnlyItsFirstTimeIsKnown()
    {
        var history = Recorded.Good();
        history.Accepted.Add(new("f1", Recorded.Start.AddSeconds(3), AlertStatus.Firing, "w0/p"));
        Assert.Equal(
            ["lost: the alert of w0/p that began at 12:00:03.000 was answered with 200 and is not in the journal"], history.Faults());
    }

    [Fact]
    public void IncidentThatNobodyEnds_IsLost() => Assert.Equal(
        ["lost: incident i1 of deployment w0/w0 is neither closed nor with people; its last entry is alert-observed"],
        new Recorded().Opened().Faults());

    [Fact]
    public void EscalationThatNobodyHears_IsLost() => Assert.Equal(
        ["lost: incident i1 of deployment w0/w0 was handed to people, and they were not told"],
        new Recorded().Opened().Escalated(5).Faults());

    [Fact]
    public void EndThatNobodyHears_IsLost() => Assert.Equal(
        ["lost: incident i1 of deployment w0/w0 was with people and is closed, and they were not told that it is over"],
        new Recorded().Opened().Escalated(5).Told().Write(9, new IncidentClosed(CloseReason.Healed, "")).Faults());

    [Fact]
    public void IntentWithoutAnOutcome_IsLost() => Assert.Equal(
        ["lost: action r1-0 was intended, and the journal has no outcome of it"],
        new Recorded().Opened().Intended(10).Effect(11).Verified(20).Faults());

    [Fact]
    public void TwoEffectsOfOneAct_AreDoubled() =>
        Assert.Contains(Twice, Recorded.Good().Intended(30).Effect(31).Faults());

    [Fact]
    public void ActDoneAgainOnAnotherObject_IsDoubled()
    {
        var faults = new Recorded()
            .Opened()
            .Intended(10)
            .Effect(11)
            .Probed(20, ProbeAnswer.DidNotHappen)
            .Intended(30, uid: "u2")
            .Effect(31, uid: "u2")
            .Write(32, new ActionSucceeded(Recorded.Action, "", [])).Verified(40).Faults();
        Assert.Equal([Twice, "blind: the journal says that action r1-0 did not happen, and the target had counted it"], faults);
    }

    [Fact]
    public void SecondActOfARung_IsDoubled() => Assert.Contains(
        "doubled: step 0 of run r1 has the actions r1-0, r1-1",
        Recorded.Good()
            .Intended(30, action: "r1-1", uid: "u2")
            .Effect(31, uid: "u2")
            .Write(32, new ActionSucceeded("r1-1", "", []))
            .Faults());

    [Theory]
    [InlineData("patch", "u1", null)]
    [InlineData("evict", "u2", null)]
    [InlineData("patch", "u1", "another")]
    public void EffectThatNobodyIntended_IsDoubled(string act, string uid, string? mark) => Assert.Equal(
        [$"doubled: the target counts {act} w0/p at 12:00:15.000, and the journal intended nothing of the kind"],
        Recorded.Good().Effect(15, act, uid, mark).Faults());

    [Theory]
    [InlineData(9)]
    [InlineData(26)]
    public void EffectOutsideOfItsTime_IsDoubled(int second) => Assert.Contains(
        $"doubled: evict w0/p at 12:00:{second:00}.000 came before its intent or long after its deadline",
        new Recorded().Opened().Intended(10).Effect(second).Write(27, new ActionSucceeded(Recorded.Action, "", [])).Verified(30).Faults());

    [Fact]
    public void AlertThatIsNewsTwice_IsDoubled() => Assert.Contains(
        "doubled: the alert f1 that began at 12:00:00.000 is 2 times news to deployment w0/w0",
        Recorded.Good().Write(30, Recorded.Good().Entries[1].Event).Faults());

    [Fact]
    public void AlertWhoseResourceIsSeenLater_IsNewsOnceMore()
    {
        var first = (AlertObserved)Recorded.Good().Entries[1].Event;
        var seen = first with { Labels = new Dictionary<string, string>(first.Labels) { ["workload"] = "w0" } };

        Assert.DoesNotContain(Recorded.Good().Write(30, seen).Faults(), f => f.Contains("times news", StringComparison.Ordinal));
        Assert.Contains(
            Recorded.Good().Write(30, seen).Write(31, seen).Faults(), f => f.Contains("is 3 times news", StringComparison.Ordinal));
    }

    [Fact]
    public void SecondIncidentOfAnOpenProblem_IsDoubled() => Assert.Contains(
        "doubled: crash of deployment w0/w0 has two open incidents, i1 and i2",
        new Recorded().Opened().Write(5, new IncidentOpened("crash", "f1", null), "i2").Faults());

    [Theory]
    [InlineData(FailureKind.Unknown)]
    [InlineData(FailureKind.Permanent)]
    public void RepeatAfterSomethingElseThanAClearNo_IsAGuess(FailureKind kind) => Assert.Contains(
        "blind: action r1-0 was intended again after action-failed",
        new Recorded()
            .Opened()
            .Intended(10)
            .Write(12, new ActionFailed(Recorded.Action, kind, ""))
            .Intended(30)
            .Probed(31, ProbeAnswer.DidNotHappen)
            .Verified(40)
            .Faults());

    [Fact]
    public void RepeatWithoutAnyOutcome_IsAGuess() => Assert.Contains(
        "blind: action r1-0 was intended again after nothing was known of it",
        new Recorded().Opened().Intended(10).Intended(30).Probed(31, ProbeAnswer.DidNotHappen).Verified(40).Faults());

    [Fact]
    public void UnknownOutcome_ThatIsTriedAgain_IsAGuess()
    {
        var faults = new Recorded()
            .Opened()
            .Intended(10)
            .Effect(11)
            .Write(12, new ActionFailed(Recorded.Action, FailureKind.Unknown, ""))
            .Probed(20, ProbeAnswer.Unknown)
            .Write(20, new ActionInDoubt(Recorded.Action, ""))
                .Intended(30, uid: "u2")
                .Effect(31, uid: "u2")
                .Write(32, new ActionSucceeded(Recorded.Action, "", []))
                .Verified(40)
                .Faults();
        Assert.Equal(
            [
                Twice,
                "blind: action r1-0 was intended again after action-probed",
                "blind: action r1-0 is in doubt, and its incident did not go to a person",
                "blind: action r1-0 is in doubt, and something was done after it",
                "blind: action r1-0 is in doubt, and had an effect after that",
            ],
            faults);
    }

    [Fact]
    public void UnknownOutcome_ThatIsNotPutDown_IsAGuess() => Assert.Contains(
        "blind: nobody can tell whether action r1-0 happened, and it is not put down as in doubt",
        new Recorded().Opened().Intended(10).Effect(11).Probed(20, ProbeAnswer.Unknown).Escalated(20).Told().Faults());

    [Fact]
    public void ClaimWithoutAnEffect_IsAGuess() => Assert.Equal(
        ["blind: the journal says that action r1-0 happened, and the target counts nothing"],
        new Recorded().Opened().Intended(10).Write(12, new ActionSucceeded(Recorded.Action, "", [])).Verified(20).Faults());

    [Fact]
    public void GapInTheVersions_IsBroken()
    {
        var history = Recorded.Good();
        history.Entries.RemoveAt(3);
        Assert.Contains("broken: the versions of test/deployment/w0/w0 are not 1 to 6 in order", history.Faults());
    }

    [Fact]
    public void WhatIsLeft_IsTold()
    {
        var history = Recorded.Good();
        history.Remains = new(2, ["no such field: {}"], ["cluster test for incident i1"], ["entry 3 was changed"]);
        Assert.Equal(
            [
                "broken: the journal does not verify: entry 3 was changed",
                "lost: 2 alerts are still in the inbox",
                "lost: a dead letter: no such field: {}",
                "broken: a permit was never released: cluster test for incident i1",
            ],
            history.Faults());
    }

    [Fact]
    public void UndoThatWasIntendedAndDoneOnce_HasNoFault() =>
        Assert.Empty(TakenBack().UndoEffect(21).Write(22, new ActionUndone(Recorded.Action, "", [])).Escalated(23).Told().Faults());

    [Fact]
    public void UndoThatIsDoneTwice_IsDoubled() => Assert.Equal(
        [$"doubled: action {Recorded.Action} was taken back 2 times"],
        TakenBack().UndoEffect(21).UndoEffect(22).Write(23, new ActionUndone(Recorded.Action, "", [])).Escalated(24).Told().Faults());

    [Fact]
    public void UndoWithoutAnIntent_IsDoubled() => Assert.Equal(
        [$"doubled: action {Recorded.Action} was taken back at 12:00:20.000 without an intent, before it or long after its deadline"],
        Recorded.Good()
            .Effect(11, "patch", mark: Recorded.Action)
            .UndoEffect(20)
            .Faults()
            .Where(f => f.Contains("taken back", StringComparison.Ordinal)));

    [Fact]
    public void UndoWithoutAnOutcome_IsLost_AndOneThatNothingShows_IsOnAGuess()
    {
        Assert.Contains(
            $"lost: action {Recorded.Action} was to be taken back, and the journal has no outcome of it",
            TakenBack().UndoEffect(21).Faults());
        Assert.Contains(
            $"blind: the journal says that action {Recorded.Action} was taken back, and the target counts nothing",
            TakenBack().Write(22, new ActionUndone(Recorded.Action, "", [])).Faults());
    }

    [Fact]
    public void AlertAtTwoPlaces_IsDoubled_AndOneThatFiresAtNone_IsLost()
    {
        var elsewhere = new Recorded().Opened().Entries[0] with {
            Resource = new("test", "pod", "w0", "p"),
            Version = 1,
            Sequence = 0,
            Incident = null };
        var two = Recorded.Good();
        two.Entries.Insert(0, elsewhere with { Event = two.Entries.First(e => e.Event is AlertObserved).Event });
        Assert.Contains("doubled: alert f1 is at deployment w0/w0 and pod w0/p", two.Faults());

        var none =
            Recorded.Good().Write(50, new AlertCleared(AlertSource.IdOf("f1", null), "A", Recorded.Start, Recorded.Start.AddSeconds(1)));
        none.Accepted.Clear();
        none.Accepted.Add(new("f1", Recorded.Start, AlertStatus.Firing, "w0/p"));
        Assert.Contains("lost: the alert of w0/p still fires, and no resource has it", none.Faults());
    }

    private static Recorded TakenBack() =>
        new Recorded()
            .Opened()
            .Intended(10)
            .Effect(11, "patch", mark: Recorded.Action)
            .Write(12, new ActionSucceeded(Recorded.Action, "", []))
        .Write(20, new UndoIntended(Recorded.Action, "", Recorded.Start.AddSeconds(25)));
}
