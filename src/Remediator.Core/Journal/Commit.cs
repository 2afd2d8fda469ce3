using System.Text.Json.Serialization;
using Remediator.Core.Alerts;
using Remediator.Core.Resources;

namespace Remediator.Core.Journal;

/// <summary>One decision of one resource, written as one transaction.</summary>
public sealed record Commit
{
    public required ResourceKey Resource { get; init; }
    /// <summary>The version that the decision was made on; another one in the store means another writer.</summary>
    public required long ExpectedVersion { get; init; }
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<NewEvent> Events { get; init; }
    /// <summary>
    /// The resource's state after the events, as JSON: a cache of them. Null where there are none, so that the one there stays.
    /// </summary>
    public required string? Document { get; init; }
    public required int DocumentSchema { get; init; }
    /// <summary>Rows of the incident list to insert or replace.</summary>
    public IReadOnlyList<IncidentRow> Incidents { get; init; } = [];
    /// <summary>The resource's one wake-up; null removes it.</summary>
    public DateTimeOffset? Due { get; init; }
    /// <summary>Inbox rows that these events consume. One that waits no more makes it a conflict: somebody else has consumed it.</summary>
    public IReadOnlyList<long> Consumed { get; init; } = [];
    /// <summary>
    /// Alerts that fire here from now on. The resource that one was at before finds a row in the inbox: there it is over.
    /// </summary>
    public IReadOnlyList<ActiveAlert> AlertsNow { get; init; } = [];
    /// <summary>Ids of alerts that no longer fire.</summary>
    public IReadOnlyList<string> AlertsGone { get; init; } = [];
    public PermitRequest? Acquire { get; init; }
    /// <summary>Incidents whose permits and claims end.</summary>
    public IReadOnlyList<string> Release { get; init; } = [];
    /// <summary>
    /// The last word of a replica that was declared dead, about nothing but its own end; every other write of it is refused.
    /// </summary>
    public bool Farewell { get; init; }
}

/// <summary>An event before it is written. <paramref name="Payload"/> is JSON text of the given type and schema.</summary>
/// <param name="Type">A string that we chose (<c>action-intended</c>), never a C# name, never reused.</param>
public sealed record NewEvent(string Type, int Schema, string Payload, string? IncidentId, string Actor, string TraceId);

/// <summary>An event as it is stored in the journal.</summary>
public sealed record JournalEvent
{
    /// <summary>Position in the whole journal; grows without gaps.</summary>
    public required long Sequence { get; init; }
    public required ResourceKey Resource { get; init; }
    /// <summary>Position in the resource's stream, from 1 without gaps.</summary>
    public required long Version { get; init; }
    public required string EventId { get; init; }
    public string? IncidentId { get; init; }
    public required string Type { get; init; }
    public required int Schema { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string TraceId { get; init; }
    public required string Payload { get; init; }
    /// <summary>SHA-256 of the resource's previous event, lower-case hexadecimal; 64 zeros for the first.</summary>
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }
}

/// <param name="Seen">The sequence up to which was looked, whatever was found.</param>
/// <param name="IsLast">Nothing comes after it yet.</param>
public sealed record EventPage(IReadOnlyList<JournalEvent> Events, long Seen, bool IsLast);

/// <param name="Version">0 where the resource has no events.</param>
public sealed record ResourceHead(ResourceKey Resource, long Version, string? Document, int DocumentSchema);

/// <summary>A row of the incident list, for people.</summary>
public sealed record IncidentRow
{
    public required string Id { get; init; }
    public required ResourceKey Resource { get; init; }
    public required string Problem { get; init; }
    /// <summary>
    /// As it is stored and shown: the word of an <see cref="IncidentStatus"/>, or the reason for which it was closed.
    /// </summary>
    public required string Status { get; init; }
    public required string Summary { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>What its evidence names as what it waits for, as <c>SharedCause.Key</c>; null where it names nothing.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Null where it is closed, and where only a newer version knows the word.</summary>
    [JsonIgnore]
    public IncidentStatus? KnownStatus => IncidentStatuses.Find(Status);
}

/// <summary>An alert that fires now, with the labels of its resource.</summary>
public sealed record ActiveAlert(
    string Fingerprint, ResourceKey Resource, string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt,
    DateTimeOffset LastSeen)
{
    /// <summary>As of <see cref="Alert.Source"/>.</summary>
    public string? Source { get; init; }

    /// <summary>As of <see cref="Alert.Id"/>.</summary>
    [JsonIgnore]
    public string Id => AlertSource.IdOf(Fingerprint, Source);
}

/// <param name="Version">What to ask with the next time.</param>
/// <param name="Firing">Alerts that are new or were seen again, each as it was resolved to its resource.</param>
/// <param name="Gone">Ids of alerts that no longer fire.</param>
public sealed record AlertChanges(long Version, IReadOnlyList<ActiveAlert> Firing, IReadOnlyList<string> Gone)
{
    /// <summary>
    /// True where these are all that fire, and what else is known of must go: at the beginning, and for who has not asked for minutes.
    /// </summary>
    public bool IsAll { get; init; }
}

/// <summary>A place in the budgets, and the resources that nobody else may touch meanwhile.</summary>
/// <param name="Budgets">All have to have room.</param>
/// <param name="Claims">What is claimed alone; the resource itself is among it.</param>
public sealed record PermitRequest(string IncidentId, IReadOnlyList<BudgetLimit> Budgets, IReadOnlyList<ResourceKey> Claims)
{
    /// <summary>What others may share too, as long as nobody claims it alone.</summary>
    public IReadOnlyList<ResourceKey> Shared { get; init; } = [];

    /// <summary>
    /// What the decision was made on besides its own resource: where its stream has another version by now, the permit is denied.
    /// </summary>
    public SeenStream? Seen { get; init; }
}

/// <param name="What">As a refusal calls it.</param>
public sealed record SeenStream(ResourceKey Resource, long Version, string What);

/// <param name="AtOnce">The most that may be in flight at once.</param>
public sealed record BudgetLimit(string Budget, int AtOnce)
{
    /// <summary>Each takes a place, as if it were in flight.</summary>
    public IReadOnlyList<ResourceKey> Unhealthy { get; init; } = [];

    /// <summary>How often; null for any number of times.</summary>
    public ChangeRate? Rate { get; init; }

    /// <summary>How <see cref="AtOnce"/> came about, for people.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>What takes the place; null for the resource that is worked on.</summary>
    public ResourceKey? Takes { get; init; }

    /// <summary>How many places would be taken with this resource: whatever is unhealthy and in flight at once takes one.</summary>
    /// <param name="others">Keys of the resources that others have in flight.</param>
    public int CountWith(ResourceKey resource, IEnumerable<string> others) =>
        Unhealthy.Select(u => u.ToString()).Concat(others).Append((Takes ?? resource).ToString()).Distinct(StringComparer.Ordinal).Count();
}

public sealed record ChangeRate(int Most, TimeSpan Within);

/// <summary>A place in a budget.</summary>
/// <param name="Resource">Key of what is changed.</param>
public sealed record Permit(string IncidentId, string Budget, DateTimeOffset Since, string Resource);

/// <param name="IsShared">Others may hold it too.</param>
public sealed record Claim(string IncidentId, string Resource, bool IsShared);

/// <summary>A change that was begun, in a budget that counts them.</summary>
public sealed record BudgetStart(string Budget, DateTimeOffset At);

/// <summary>All that is in flight, and what was begun within the last hours.</summary>
public sealed record Holdings(IReadOnlyList<Permit> Permits, IReadOnlyList<Claim> Claims, IReadOnlyList<BudgetStart> Starts)
{
    public static Holdings None { get; } = new([], [], []);
}

public sealed record DueWork(ResourceKey Resource, DateTimeOffset At);

/// <summary>What became of a commit; an expected outcome, not an exception.</summary>
public abstract record CommitResult
{
    private CommitResult() { }

    public sealed record Committed(long Version) : CommitResult;
    /// <summary>Somebody else wrote this resource or consumed the alerts: drop what is in memory, load again, decide again.</summary>
    public sealed record Conflict : CommitResult;
    /// <summary>Nothing was written: a budget is used up or a resource is claimed.</summary>
    public sealed record PermitDenied(string Reason) : CommitResult;
}

/// <summary>An alert to keep.</summary>
/// <param name="Source">The way by which it came in; whose alert it is, is the alert's own.</param>
public sealed record InboxEntry(Alert Alert, string Source, string TraceId, DateTimeOffset ReceivedAt)
{
    /// <summary>Source of a probe of the health check. It finds room in a full inbox, and is read before all that waits.</summary>
    public const string Probe = "healthcheck";

    /// <summary>Source of what the store itself tells: that an alert is at another resource now.</summary>
    public const string Moved = "moved";
}

/// <summary>One alert of a delivery that is not an alert; the others of that delivery are kept.</summary>
/// <param name="Text">As it came, cut to a bounded length.</param>
public sealed record RejectedEntry(string Source, string Text, string Reason, string TraceId, DateTimeOffset ReceivedAt);

public sealed record InboxRow(long Id, Alert Alert, string Source, string TraceId, DateTimeOffset ReceivedAt, int Attempts)
{
    /// <summary>The resource that this row is for, since the alert was there before; null for an alert as it came in.</summary>
    public ResourceKey? MovedFrom { get; init; }
}
