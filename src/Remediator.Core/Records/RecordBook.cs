using System.Collections.Immutable;
using Remediator.Core.Actions;
using Remediator.Core.Events;

namespace Remediator.Core.Records;

/// <summary>The records of all playbooks, event after event in the order of the journal.</summary>
public sealed record RecordBook
{
    public static RecordBook Empty { get; } = new();

    /// <summary>What is older says little of how a playbook does now.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    /// <summary>The kinds of events that count.</summary>
    public static IReadOnlyList<string> Counted { get; } =
    [
        .. new[]
        {
            typeof(IncidentOpened), typeof(ProblemChanged), typeof(Held), typeof(RunStarted), typeof(WouldAct), typeof(ActionIntended),
            typeof(ActionBegan), typeof(ActionSucceeded), typeof(ActionFailed), typeof(ActionInDoubt), typeof(RunEnded), typeof(Escalated),
            typeof(IncidentClosed), typeof(RepairJudged),
        }.Select(EventCodec.NameOf),
    ];

    public ImmutableSortedDictionary<string, PlaybookRecord> Playbooks { get; init; } =
        ImmutableSortedDictionary.Create<string, PlaybookRecord>(StringComparer.Ordinal);

    /// <summary>What is open, by incident.</summary>
    private ImmutableDictionary<string, OpenCase> Open { get; init; } = ImmutableDictionary<string, OpenCase>.Empty;

    /// <returns>The book after it, and the setback of a playbook where it is one.</returns>
    public (RecordBook Book, Setback? Setback) After(Happened happened) => happened switch
    {
        { Event: RepairJudged judged } => Judged(judged, happened.At),
        { Event: IncidentOpened opened, IncidentId: { } id } => Opened(opened, id, happened.At),
        { IncidentId: { } id } when Open.TryGetValue(id, out var open) => Happens(happened, id, open),
        _ => (this, null),
    };

    private (RecordBook Book, Setback? Setback) Opened(IncidentOpened opened, string id, DateTimeOffset at)
    {
        var book = this with { Open = Open.SetItem(id, new(opened.Problem, at)) };
        return opened.RecurrenceOf is not { } before
            ? (book, null)
            : (book.With(opened.Problem, at, r => r.Spoilt(before) with { Recurred = r.Recurred + 1 }),
                new(opened.Problem, before, at, $"its problem came back within a day after it was verified (incident {id})"));
    }

    private (RecordBook Book, Setback? Setback) Happens(Happened happened, string id, OpenCase open) => happened.Event switch
    {
        ProblemChanged e => (Set(id, open with { Problem = e.To }), null),
        Held => (With(open.Problem, happened.At, r => r with { Refused = r.Refused + 1 }), null),
        RunStarted e => (
            Set(id, open with { Problem = e.Playbook, Changed = false, Done = false })
                .With(e.Playbook, happened.At, r => r with { Mode = e.Mode }),
            null),
        WouldAct => (Set(id, open with { WithPeople = true }).With(open.Problem, happened.At, r => r with { Shadow = r.Shadow + 1 }), null),
        // a change for a time only contains the trouble and promises no repair: that people get it then is no setback
        ActionIntended { Temporary: true } e =>
            (e.Attempt > 1 ? this : With(open.Problem, happened.At, r => r with { Runs = r.Runs + 1 }), null),
        ActionIntended when !open.Changed =>
            (Set(id, open with { Changed = true }).With(open.Problem, happened.At, r => r with { Runs = r.Runs + 1 }), null),
        ActionBegan { Undo: false } or ActionSucceeded => (Set(id, open with { Done = true }), null),
        // nothing was done: it was forbidden, or somebody else was there first
        ActionFailed { Kind: FailureKind.Permanent } when open is { Changed: true, Done: false } =>
            (Set(id, open with { Changed = false }).With(open.Problem, happened.At, r => r with { Runs = r.Runs - 1 }), null),
        ActionInDoubt =>
            (Set(id, open with { Done = true }).With(open.Problem, happened.At, r => r with { InDoubt = r.InDoubt + 1 }), null),
        Escalated => (Set(id, open with { WithPeople = true }), null),
        RunEnded e => Ended(e, id, open, happened.At),
        IncidentClosed => Closed(id, open, happened.At),
        _ => (this, null),
    };

    private (RecordBook Book, Setback? Setback) Ended(RunEnded ended, string id, OpenCase open, DateTimeOffset at) => ended.Outcome switch
    {
        RunOutcome.Verified =>
            (Set(id, open with { Repaired = true }).With(open.Problem, at, r => r.Repaired(at - open.At).Ran(new(id, at, true))), null),
        RunOutcome.Escalated when open.Changed => (
            With(open.Problem, at, r => r.Ran(new(id, at, false)) with { Failed = r.Failed + 1 }),
            new(open.Problem, id, at, $"a run changed something and did not repair it: {ended.Reason}")),
        RunOutcome.Healed when !open.Changed => (With(open.Problem, at, r => r with { Healed = r.Healed + 1 }), null),
        _ => (this, null),
    };

    private (RecordBook Book, Setback? Setback) Closed(string id, OpenCase open, DateTimeOffset at)
    {
        var book = this with { Open = Open.Remove(id) };
        return (open is { WithPeople: true, Repaired: false } ? book.With(open.Problem, at, r => r.ByPeople(at - open.At)) : book, null);
    }

    private (RecordBook Book, Setback? Setback) Judged(RepairJudged judged, DateTimeOffset at)
    {
        var word = judged.Judgement is Judgement.False ? "nothing was wrong" : "it was taken back";
        return (
            With(judged.Playbook, at, r => r.Spoilt(judged.Incident) with
            {
                False = r.False + (judged.Judgement is Judgement.False ? 1 : 0),
                Undone = r.Undone + (judged.Judgement is Judgement.Undone ? 1 : 0),
            }),
            new(
                judged.Playbook,
                judged.Incident,
                at,
                $"a person says of incident {judged.Incident} that {word}{(judged.Reason.Length > 0 ? $": {judged.Reason}" : "")}"));
    }

    private RecordBook Set(string id, OpenCase open) => this with { Open = Open.SetItem(id, open) };

    private RecordBook With(string playbook, DateTimeOffset at, Func<PlaybookRecord, PlaybookRecord> change)
    {
        var record = Playbooks.GetValueOrDefault(playbook) ?? new PlaybookRecord(playbook) { FirstAt = at };
        return this with { Playbooks = Playbooks.SetItem(playbook, change(record)) };
    }

    /// <param name="Problem">Its playbook's name, once one is chosen.</param>
    /// <param name="Changed">The run that goes on has changed something, or may have.</param>
    /// <param name="Done">And it is known that it did, or nobody can tell.</param>
    /// <param name="WithPeople">People do the work: it was handed to them, or the engine only watches.</param>
    private sealed record OpenCase(
        string Problem, DateTimeOffset At, bool Changed = false, bool Done = false, bool WithPeople = false, bool Repaired = false);
}

/// <summary>What speaks against a playbook.</summary>
public sealed record Setback(string Playbook, string IncidentId, DateTimeOffset At, string Reason);
