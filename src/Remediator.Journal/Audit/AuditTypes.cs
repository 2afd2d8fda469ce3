using Remediator.Core.Journal;

namespace Remediator.Journal.Audit;

/// <summary>Which incidents to list; what is null does not matter.</summary>
public sealed record IncidentFilter
{
    public string? Status { get; init; }
    /// <summary>A resource key, or its end: <c>deployment/shop/api</c>, <c>api</c>.</summary>
    public string? Resource { get; init; }
    /// <summary>Only of resources in it; empty for those that have none.</summary>
    public string? Namespace { get; init; }
    /// <summary>Opened at or after.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>Only open incidents.</summary>
    public bool Open { get; init; }
    public int Limit { get; init; } = 100;
}

/// <summary>The answer to an incident's id, or to the beginning of one.</summary>
public abstract record IncidentLookup
{
    private IncidentLookup() { }

    /// <param name="Events">As far as they are in the store.</param>
    /// <param name="Archived">Where the others are; null where there are none.</param>
    public sealed record Found(IncidentRow Incident, IReadOnlyList<JournalEvent> Events, ArchivedEntries? Archived = null) : IncidentLookup;

    /// <param name="Archive">
    /// Name of the archive file that has its first entries, if there was such an incident; null where none of that time is archived.
    /// </param>
    public sealed record NotFound(string? Archive = null) : IncidentLookup;

    /// <param name="Ids">The first of those that begin so.</param>
    public sealed record Ambiguous(IReadOnlyList<string> Ids) : IncidentLookup;
}

/// <summary>Archive files with entries that are no longer in the store, by their names in <c>Journal:ArchiveFolder</c>.</summary>
/// <param name="First">The one in which they begin; null where an older version has written it, and nobody knows.</param>
/// <param name="Last">The one in which they end at the latest.</param>
public sealed record ArchivedEntries(string? First, string Last);

/// <summary>What came in and could not be handled.</summary>
public sealed record DeadLetter(
    long Id, string Text, string Source, string TraceId, DateTimeOffset ReceivedAt, int Attempts, DateTimeOffset DeadAt, string Reason);
