using System.Globalization;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Reading;

/// <summary>
/// Every statement that the server reads with. What is not here is not executed, and a test asks both engines for the plan of each: none
/// may walk through a table that only grows.
/// </summary>
internal static class Queries
{
    private const string EventColumns =
        "sequence AS Sequence, resource AS Resource, version AS Version, event_id AS EventId, incident_id AS IncidentId, "
            + "type AS Type, schema AS Schema, "
        + "at AS At, actor AS Actor, trace_id AS TraceId, payload AS Payload, previous_hash AS PreviousHash, hash AS Hash";

    private const string IncidentColumns =
        "id AS Id, resource AS Resource, problem AS Problem, status AS Status, summary AS Summary, opened_at AS OpenedAt, "
            + "closed_at AS ClosedAt, waits_for AS WaitsFor";

    private const string CheckpointColumns = "id AS Id, sequence AS Sequence, entries AS Entries, hash AS Hash, key AS Key";

    /// <summary>
    /// Whose place a permit is. A replica of an older version, which may still run beside this one, does not write it: then each incident
    /// counts.
    /// </summary>
    public const string Holder = "COALESCE(NULLIF(resource, ''), incident_id)";

    public static readonly Query Head =
        new("head", "SELECT version, document, document_schema FROM resource_head WHERE resource = @resource");

    public static readonly Query Stream = new("stream", $"SELECT {EventColumns} FROM event WHERE resource = @resource ORDER BY version");

    public static readonly Query ResourceOf = new("resource of an incident", "SELECT resource FROM incident WHERE id = @id");

    public static readonly Query Permits =
        new("permits", $"SELECT incident_id, budget, since, {Holder} FROM permit ORDER BY since, budget, incident_id")
        { ReadsAll = "what is in flight" };

    public static readonly Query Claims = new(
        "claims", "SELECT incident_id, resource, 0 FROM claim UNION ALL SELECT incident_id, resource, 1 FROM shared_claim ORDER BY 2, 1")
        { ReadsAll = "what is in flight" };

    public static readonly Query Starts = new("starts", "SELECT budget, at FROM budget_start ORDER BY at")
        { ReadsAll = "starts of the last hours" };

    /// <summary>
    /// One statement, so that the number and the rows are of one moment; the table of numbers has one row, which comes back without any
    /// alert too.
    /// </summary>
    public static readonly Query AlertChanges = new("changes of alerts",
        """
        SELECT c.newest AS Newest, c.forgotten AS Forgotten, a.fingerprint AS Fingerprint,
            a.resource AS Resource, a.name AS Name, a.labels AS Labels,
            a.starts_at AS StartsAt, a.last_seen AS LastSeen, a.gone_at AS GoneAt,
            a.source AS Source
        FROM alert_change c LEFT JOIN active_alert a ON a.change > @since
        ORDER BY a.starts_at, a.fingerprint
        """);

    private const string Firing =
        """
        SELECT fingerprint AS Fingerprint, resource AS Resource, name AS Name, labels AS Labels, starts_at AS StartsAt,
            last_seen AS LastSeen, source AS Source
        FROM active_alert WHERE gone_at IS NULL
        """;

    public static readonly Query FiringOfSource =
        new("alerts of a source", $"{Firing} AND source = @source ORDER BY starts_at, fingerprint");

    public static readonly Query DueWork = new(
        "due work",
        "SELECT resource, due_at FROM due_work WHERE due_at <= @now AND due_at > @after ORDER BY due_at, resource LIMIT @limit");

    private const string InboxColumns = "id, alert, source, trace_id, received_at, attempts, moved_from";

    public static readonly Query Waiting = new("inbox", $"SELECT {InboxColumns} FROM inbox WHERE id > @afterId ORDER BY id LIMIT @limit");

    /// <summary>The index of probes is one of just this text.</summary>
    public static readonly Query Probes =
        new("probes in the inbox", $"SELECT {InboxColumns} FROM inbox WHERE source = '{InboxEntry.Probe}' ORDER BY id LIMIT @limit")
    {
        ReadsAll = "the rows of its index, which are probes alone",
    };

    public static readonly Query Waits = new("row of the inbox", "SELECT id FROM inbox WHERE id = @id");

    public static readonly Query Duplicate = new("same alert in the inbox", "SELECT id FROM inbox WHERE dedupe = @dedupe");

    public static readonly Query CountInbox = new("length of the inbox", "SELECT COUNT(*) FROM inbox")
        { ReadsAll = "bounded by Journal:InboxLimit" };

    /// <summary>Not more than can be looked at in a moment: what is beyond is no other news.</summary>
    public static readonly Query CountDeadLetters = new(
        "number of dead letters",
        string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM (SELECT 1 FROM dead_letter LIMIT {MostDeadLetters}) AS part"))
    {
        ReadsAll = "bounded by its own limit",
    };

    public const int MostDeadLetters = 10_000;

    public static readonly Query DeadLetter = new("dead letter", "SELECT dedupe AS Dedupe, text AS Text FROM dead_letter WHERE id = @id");

    public static readonly Query DeadLetters = new(
        "newest dead letters",
        "SELECT id, text, source, trace_id, received_at, attempts, dead_at, reason FROM dead_letter ORDER BY id DESC LIMIT @limit");

    public static readonly Query NewestCheckpoint =
        new("newest checkpoint", $"SELECT {CheckpointColumns} FROM checkpoint ORDER BY id DESC LIMIT 1");

    public static readonly Query CheckpointBefore = new(
        "newest checkpoint before a time",
        $"SELECT {CheckpointColumns} FROM checkpoint WHERE at < @before ORDER BY at DESC, id DESC LIMIT 1");

    public static readonly Query Uncovered = new(
        "entries without a checkpoint",
        "SELECT (SELECT COALESCE(MAX(sequence), 0) FROM event) - (SELECT COALESCE(MAX(sequence), 0) FROM checkpoint)");

    public static readonly Query NewestSequence = new("newest entry", "SELECT COALESCE(MAX(sequence), 0) FROM event");

    public static readonly Query OldestSequence = new("oldest entry", "SELECT COALESCE(MIN(sequence), 0) FROM event");

    public static readonly Query HeadsOfSpan = new("heads that a checkpoint covers",
        """
        SELECT resource, version, hash FROM event e WHERE sequence > @after AND sequence <= @upTo
            AND NOT EXISTS (SELECT 1 FROM event n WHERE n.resource = e.resource AND n.version = e.version + 1 AND n.sequence <= @upTo)
        """);

    public static readonly Query CountSpan =
        new("entries that a checkpoint covers", "SELECT COUNT(*) FROM event WHERE sequence > @after AND sequence <= @upTo");

    public static readonly Query Snapshots = new(
        "snapshots behind a sequence",
        "SELECT resource, version, hash FROM event WHERE type = 'snapshot' AND sequence > @upTo ORDER BY sequence");

    public static readonly Query IncidentByPrefix = new(
        "incident by the beginning of its id",
        $"SELECT {IncidentColumns} FROM incident WHERE id >= @id AND id <= @last ORDER BY id LIMIT @limit");

    public static readonly Query EventsOfIncident =
        new("entries of an incident", $"SELECT {EventColumns} FROM event WHERE incident_id = @incident ORDER BY sequence");

    public static readonly Query FirstOfCluster =
        new("first head behind a key", "SELECT resource FROM resource_head WHERE resource > @after ORDER BY resource LIMIT 1");

    public static readonly Query TimeOfCheckpoint = new("time of a checkpoint", "SELECT at FROM checkpoint WHERE id = @id");

    /// <summary>Of the file before it the time is not known where an older version has written it.</summary>
    public static readonly Query ArchiveOfTime = new("archive that has a time",
        """
        SELECT a.file, CASE WHEN a.id = 1 THEN 1
            ELSE (SELECT CASE WHEN p.newest_at IS NULL THEN 0 ELSE 1 END FROM archive p WHERE p.id = a.id - 1) END
        FROM archive a WHERE a.newest_at >= @at ORDER BY a.newest_at, a.id LIMIT 1
        """);

    public static readonly Query ArchiveBefore =
        new("newest archive before an entry", "SELECT file FROM archive WHERE sequence < @before ORDER BY sequence DESC LIMIT 1");

    public static readonly Query OldDeadLetters =
        new("old dead letters", "SELECT id FROM dead_letter WHERE dead_at < @before ORDER BY dead_at LIMIT @limit");

    public static readonly Query ArchivedIncidents = new("closed incidents without entries",
        """
        SELECT id FROM incident WHERE closed_at IS NOT NULL AND closed_at <= @before
            AND NOT EXISTS (SELECT 1 FROM event e WHERE e.incident_id = incident.id) ORDER BY closed_at LIMIT @limit
        """);

    public static readonly Query HeadWithoutWork = new("head that nothing is to be done for",
        "SELECT version, document, document_schema FROM resource_head h WHERE resource = @resource AND NOT EXISTS (SELECT 1 "
            + "FROM due_work d WHERE d.resource = h.resource)");

    /// <summary>One span of the journal, however few entries of it are of these types.</summary>
    /// <param name="types">Names of ours; they stand in the text, since no way to pass a list works with both engines.</param>
    public static Query OfTypes(IReadOnlyList<string> types) => new("entries of some types",
        $"SELECT {EventColumns} FROM event WHERE sequence > @after AND sequence <= @upTo AND type IN ({List(types)}) AND at "
            + $">= @since ORDER BY sequence");

    /// <summary>With parameters <c>id0</c>, <c>id1</c>, ...</summary>
    public static Query FiringAmong(int count) => new("alerts of some ids",
        $"{Firing} AND fingerprint IN ({string.Join(", ", Enumerable.Range(0, count).Select(i => $"@id{i}"))}) ORDER BY "
            + $"starts_at, fingerprint");

    public static readonly Query IncidentsThatWait = new("open incidents that wait for what others may wait for too",
        $"SELECT {IncidentColumns} FROM incident WHERE closed_at IS NULL AND waits_for IS NOT NULL ORDER BY opened_at, id");

    public static Query OpenOfKinds(IReadOnlyList<string> kinds) => new("open incidents of some kinds",
        $"SELECT {IncidentColumns} FROM incident WHERE closed_at IS NULL AND kind IN ({List(kinds)}) ORDER BY opened_at, id");

    /// <summary>Only the conditions that are asked for, so that each has its index.</summary>
    public static Query Incidents(bool status, bool resource, bool since, bool open, bool space)
    {
        string[] conditions =
        [
            .. status ? ["status = @status"] : Array.Empty<string>(),
            // the whole key, or its end behind a slash; the name, which is the last part of both, has an index
            .. resource
                ? ["name = @name AND (resource = @resource OR substr(resource, length(resource) - length(@resource)) = '/' || @resource)"]
                : Array.Empty<string>(),
            .. space ? ["namespace = @space"] : Array.Empty<string>(),
            .. since ? ["opened_at >= @since"] : Array.Empty<string>(),
            .. open ? ["closed_at IS NULL"] : Array.Empty<string>(),
        ];
        var where = conditions.Length == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)} ";
        return new($"incidents{(status ? " by status" : "")}{(resource ? " by resource" : "")}{(since ? " since" : "")}"
            + $"{(open ? " open" : "")}{(space ? " of a namespace" : "")}",
            $"SELECT {IncidentColumns} FROM incident {where}ORDER BY opened_at DESC, id DESC LIMIT @limit");
    }

    public static IEnumerable<Query> All =>
    [
        .. typeof(Queries).GetFields().Where(f => f.FieldType == typeof(Query)).Select(f => (Query)f.GetValue(null)!),
        OfTypes(["held", "escalated"]),
        FiringAmong(2),
        OpenOfKinds(ResourceKinds.Causes),
        .. Enumerable.Range(0, 32).Select(i => Incidents((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0, (i & 16) != 0)),
    ];

    private static string List(IReadOnlyList<string> words) => string.Join(", ", words.Select(word =>
        word.All(c => char.IsAsciiLetterLower(c) || c is '-')
            ? $"'{word}'"
            : throw new ArgumentException($"'{word}' is not one of our names.", nameof(words))));
}
