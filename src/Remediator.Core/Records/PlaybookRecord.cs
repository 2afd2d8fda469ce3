using System.Collections.Immutable;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Records;

/// <summary>What a playbook has done, counted from the journal alone.</summary>
public sealed record PlaybookRecord(string Playbook)
{
    private const int MostKept = 100;

    /// <summary>The mode of its newest run.</summary>
    public Mode Mode { get; init; } = Mode.Observe;
    /// <summary>Since when something is counted.</summary>
    public DateTimeOffset? FirstAt { get; init; }
    /// <summary>Times that it would have acted, had the mode allowed it.</summary>
    public int Shadow { get; init; }
    /// <summary>Runs that changed something, or may have.</summary>
    public int Runs { get; init; }
    /// <summary>Of these, those whose repair was verified.</summary>
    public int Verified { get; init; }
    /// <summary>Of these, those that ended with people. A rung that did not help while a later one did is no failure.</summary>
    public int Failed { get; init; }
    /// <summary>Verified repairs whose problem came back within a day.</summary>
    public int Recurred { get; init; }
    /// <summary>Acts of which nobody could tell whether they happened.</summary>
    public int InDoubt { get; init; }
    /// <summary>Times that a guard said no, for a new reason.</summary>
    public int Refused { get; init; }
    /// <summary>Runs that ended before they changed anything, because the problem was gone.</summary>
    public int Healed { get; init; }
    /// <summary>Repairs that people took back, as they said.</summary>
    public int Undone { get; init; }
    /// <summary>Repairs where nothing was wrong, as people said.</summary>
    public int False { get; init; }
    /// <summary>From the first alert to the end of the incident, where the engine repaired it; the newest last.</summary>
    public ImmutableList<TimeSpan> RepairTimes { get; init; } = [];
    /// <summary>The same where people did: it was handed to them, or the engine only watched.</summary>
    public ImmutableList<TimeSpan> PeopleTimes { get; init; } = [];
    /// <summary>The newest runs that changed something, the newest last.</summary>
    public ImmutableList<RunRecord> Newest { get; init; } = [];

    /// <summary>Null where there are no times yet.</summary>
    public static TimeSpan? Median(IReadOnlyCollection<TimeSpan> times) =>
        times.Count == 0 ? null : times.Order().ElementAt((times.Count - 1) / 2);

    internal PlaybookRecord Ran(RunRecord run) => this with { Newest = Keep(Newest, run) };

    internal PlaybookRecord Repaired(TimeSpan took) => this with { Verified = Verified + 1, RepairTimes = Keep(RepairTimes, took) };

    internal PlaybookRecord ByPeople(TimeSpan took) => this with { PeopleTimes = Keep(PeopleTimes, took) };

    internal PlaybookRecord Spoilt(string incident) =>
        this with { Newest = [.. Newest.Select(r => r.IncidentId == incident ? r with { Good = false } : r)] };

    private static ImmutableList<T> Keep<T>(ImmutableList<T> list, T item) => (list.Count < MostKept ? list : list.RemoveAt(0)).Add(item);
}

/// <param name="Good">It was verified, and nothing that came later took that back.</param>
public sealed record RunRecord(string IncidentId, DateTimeOffset At, bool Good);
