using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;

namespace Remediator.Core.Tests.Records;

/// <summary>What each event does to the record, one by one.</summary>
public sealed class RecordBookTests
{
    private readonly List<Setback> _setbacks = [];
    private DateTimeOffset _now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private RecordBook _book = RecordBook.Empty;

    private PlaybookRecord Record => Of("restart-loop");

    [Fact]
    public void ProblemThatTurnsOutToBeAnother_CountsForTheOther()
    {
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), new ProblemChanged("restart-loop", "oom"),
            new Held("storm", "a storm", _now));
        Assert.Equal(1, Of("oom").Refused);
        Assert.False(_book.Playbooks.ContainsKey("restart-loop"));
    }

    [Fact]
    public void SecondRunOfAnIncident_IsARunOfItsOwn()
    {
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(), Ended(RunOutcome.Stopped), Started(), Intended(),
            Ended(RunOutcome.Verified));
        Assert.Equal((2, 1), (Record.Runs, Record.Verified));
    }

    [Fact]
    public void RunThatIsOverBeforeItChangedAnything_IsNeitherRepairNorFailure()
    {
        Say("i1", new IncidentOpened("restart-loop", "f", null), Started(), Ended(RunOutcome.Healed));
        Say("i2", new IncidentOpened("restart-loop", "f", null), Started(), Ended(RunOutcome.Escalated));
        Assert.Equal((0, 0, 0, 1), (Record.Runs, Record.Verified, Record.Failed, Record.Healed));
        Assert.Empty(Record.Newest);
        Assert.Empty(_setbacks);
    }

    [Fact]
    public void ProblemThatIsGoneAfterAChange_IsNotCountedAsGoneByItself()
    {
        Say("i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(), Ended(RunOutcome.Healed));
        Assert.Equal((1, 0), (Record.Runs, Record.Healed));
    }

    [Fact]
    public void ChangeForATime_ThatIsTriedAgain_IsOneRun()
    {
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(temporary: true),
            Intended(attempt: 2, temporary: true));
        Assert.Equal(1, Record.Runs);
    }

    [Fact]
    public void ChangeThatCouldNotBeMade_SpeaksNotAgainstThePlaybook()
    {
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(),
            new ActionFailed("a", FailureKind.Permanent, "forbidden"), Ended(RunOutcome.Escalated));
        Assert.Equal((0, 0), (Record.Runs, Record.Failed));
        Assert.Empty(_setbacks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ChangeThatCouldNotBeMade_AfterOneThatWas_OrMayHaveBeen_IsAFailure(bool inDoubt)
    {
        Event first = inDoubt ? new ActionInDoubt("a", "nobody can tell") : new ActionSucceeded("a", "done", []);
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(), first, Intended(),
            new ActionFailed("a", FailureKind.Permanent, "forbidden"), Ended(RunOutcome.Escalated));
        Assert.Equal((1, 1), (Record.Runs, Record.Failed));
        Assert.Single(_setbacks);
    }

    [Fact]
    public void TimeOfPeople_IsThatOfIncidentsThatTheyHad_AndOfNoneThatWasRepaired()
    {
        Say(
            "i1",
            new IncidentOpened("restart-loop", "f", null),
            new Escalated { Severity = "critical", Message = "m", Reason = "r", Tried = [], Evidence = "" });
        _now += TimeSpan.FromMinutes(30);
        Say("i1", new IncidentClosed(CloseReason.Healed, "people did"));
        Say(
            "i2", new IncidentOpened("restart-loop", "f", null), Acting(), Started(), Intended(), Ended(RunOutcome.Verified),
            new IncidentClosed(CloseReason.Verified, "it did"));
        Say("i3", new IncidentOpened("restart-loop", "f", null), new IncidentClosed(CloseReason.Healed, "by itself"));
        Assert.Equal([TimeSpan.FromMinutes(30)], Record.PeopleTimes);
        Assert.Equal([TimeSpan.Zero], Record.RepairTimes);
    }

    [Fact]
    public void RepairWhoseProblemComesBack_WasNoGoodOne()
    {
        Say(
            "i1", new IncidentOpened("restart-loop", "f", null), Started(), Intended(), Ended(RunOutcome.Verified),
            new IncidentClosed(CloseReason.Verified, ""));
        Say("i2", new IncidentOpened("restart-loop", "f", "i1"));
        Assert.Equal([new("i1", _now, false)], Record.Newest);
        Assert.Equal((1, 1), (Record.Verified, Record.Recurred));
        Assert.Equal("i1", Assert.Single(_setbacks).IncidentId);
    }

    [Theory]
    [InlineData(2, Mode.Approve)]
    [InlineData(3, Mode.Observe)]
    public void OutOfApprove_ItTakesThreeBadOnesOfFive(int bad, Mode after)
    {
        var record = With([.. Enumerable.Range(0, 5).Select(i => i >= bad)]);
        Assert.Equal(after, Promotion.LoweredTo(record, Mode.Approve, null) ?? Mode.Approve);
    }

    [Fact]
    public void WhatHappenedBeforeItWasSet_CountsNoMore()
    {
        var record = With([.. Enumerable.Repeat(false, 5)]);
        Assert.Null(Promotion.LoweredTo(record, Mode.Approve, new(Mode.Approve, "a person has looked", _now + TimeSpan.FromMinutes(1))));
    }

    [Theory]
    [InlineData(20, 0, 8, true)]
    [InlineData(19, 0, 8, false)]
    [InlineData(20, 1, 8, false)]
    [InlineData(20, 0, 6, false)]
    public void Auto_IsProposedAfterTwentyGoodRunsInARow_AndAWeek(int good, int bad, int days, bool proposed)
    {
        var record = With([.. Enumerable.Repeat(true, good - 1), .. Enumerable.Repeat(false, bad), true]) with { FirstAt = _now };
        Assert.Equal(proposed, Promotion.Proposal(record, Mode.Approve, null, _now + TimeSpan.FromDays(days)) is not null);
    }

    [Theory]
    [InlineData(10, 0, true)]
    [InlineData(9, 0, false)]
    [InlineData(10, 1, false)]
    public void Approve_IsProposedWhenItWouldHaveActedTenTimes_AndNobodySaidThatNothingWasWrong(int shadow, int wrong, bool proposed)
    {
        var record = new PlaybookRecord("restart-loop") { Shadow = shadow, False = wrong, FirstAt = _now };
        Assert.Equal(proposed, Promotion.Proposal(record, Mode.Observe, null, _now + TimeSpan.FromDays(8)) is not null);
    }

    [Fact]
    public void Proposal_WaitsAWeekAfterItWasLowered()
    {
        var record = With([.. Enumerable.Repeat(true, 20)]) with { FirstAt = _now - TimeSpan.FromDays(30) };
        Assert.Null(Promotion.Proposal(
            record, Mode.Approve, new(Mode.Approve, "lowered", _now - TimeSpan.FromDays(1)), _now + TimeSpan.FromDays(1)));
    }

    [Theory]
    [InlineData(3, 1, 2, 3)]
    [InlineData(4, 1, 2, 3, 9)]
    public void Median_OfAnEvenNumber_IsTheSmallerOfTheTwo(int count, params int[] minutes)
    {
        Assert.Equal(count, minutes.Length);
        Assert.Equal(TimeSpan.FromMinutes(2), PlaybookRecord.Median([.. minutes.Select(m => TimeSpan.FromMinutes(m))]));
    }

    private PlaybookRecord With(bool[] good) =>
        new("restart-loop") { Newest = [.. good.Select((g, i) => new RunRecord($"i{i}", _now, g))] };

    private PlaybookRecord Of(string playbook) => _book.Playbooks[playbook];

    private void Say(string incident, params Event[] events)
    {
        foreach (var said in events)
        {
            (_book, var setback) = _book.After(new(said, incident, _now, "t", Happened.Engine));
            _setbacks.AddRange(setback is null ? [] : [setback]);
        }
    }

    private static WouldAct Acting() => new(0, "evict", "kubernetes.evict-pod", new ActionPlan { Summary = "evict it" }, "mode");

    private static RunEnded Ended(RunOutcome outcome) => new(outcome, "because");

    private static RunStarted Started() => new()
    {
        RunId = "r", Playbook = "restart-loop", PlaybookRevision = "1", Source = "", With = new Dictionary<string, string>(),
        Mode = Mode.Auto, DefinitionsRevision = "1", DurationScale = 1,
    };

    private ActionIntended Intended(int attempt = 1, bool temporary = false) => new()
    {
        ActionId = "a", Step = 0, Name = "evict", Use = "kubernetes.evict-pod", Plan = new()
            { Summary = "evict it" }, NotAfter = _now, Attempt = attempt, Permits = [], Temporary = temporary,
    };
}
