using System.Data.Common;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Writing;

/// <summary>The part of the store that one group looks at, as of its turn, and what the group makes of it.</summary>
internal sealed class Image
{
    /// <summary>
    /// What every group has to know, in this order: newest sequence (of a checkpoint where every event is archived), newest change of an
    /// alert, newest checkpoint, newest archive.
    /// </summary>
    public const string NewestSql =
        """
        SELECT (SELECT COALESCE(MAX(s), 0)
                FROM (SELECT MAX(sequence) AS s FROM event UNION ALL SELECT MAX(sequence) FROM checkpoint) AS newest),
            (SELECT newest FROM alert_change), (SELECT COALESCE(MAX(id), 0) FROM checkpoint), (SELECT COALESCE(MAX(id), 0) FROM archive)
        """;

    /// <summary>So long a row says that its alert is gone, for those who follow the table.</summary>
    private static readonly TimeSpan KeepGoneAlerts = TimeSpan.FromMinutes(10);

    /// <summary>Far longer than any budget looks back, since the clocks of replicas differ.</summary>
    private static readonly TimeSpan KeepStarts = TimeSpan.FromHours(3);

    private readonly Lookup[] _lookups;
    private long _firstAlertChange;

    public Image() => _lookups = [Heads, Holders, Starts, Claims, Shared, Waiting, WaitingRows, Dedupes, DeadDedupes, DeadRows, Alerts];

    /// <summary>For a replica's last word, which it may write although it was declared dead.</summary>
    public bool IsFarewell { get; init; }

    public long Sequence { get; set; }

    /// <summary>The newest change of the table of active alerts; each changed row has one of its own.</summary>
    public long AlertChange { get; set; }

    /// <summary>When the last alert went; null where none did.</summary>
    public DateTimeOffset? AlertWentAt { get; set; }

    public long Checkpoint { get; set; }

    public long Archive { get; set; }

    /// <summary>When a change was begun that is counted; null where none was.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>By how much the group makes the inbox longer.</summary>
    public int InboxChange { get; set; }

    public Changes Changes { get; } = new();

    public Lookup<string, Head> Heads { get; } = new(
        $"SELECT resource, version, hash FROM resource_head WHERE resource {Lookup.OneOf}",
        (found, row) => found[row.GetString(0)] = new Head(row.GetInt64(1), row.GetString(2)));

    /// <summary>Incidents that hold a place in a budget, the longest first.</summary>
    public Lookup<string, List<Holder>> Holders { get; } = new(
        $"SELECT budget, incident_id, {Queries.Holder} FROM permit WHERE budget {Lookup.OneOf} ORDER BY since, incident_id",
        (found, row) => (found[row.GetString(0)] ??= []).Add(new Holder(row.GetString(1), row.GetString(2))));

    /// <summary>When changes were begun in a budget that counts them.</summary>
    public Lookup<string, List<DateTimeOffset>> Starts { get; } = new(
        $"SELECT budget, at FROM budget_start WHERE budget {Lookup.OneOf}",
        (found, row) => (found[row.GetString(0)] ??= []).Add(StoredTime.Parse(row.GetString(1))));

    /// <summary>The incident that has claimed a resource alone.</summary>
    public Lookup<string, string> Claims { get; } = new(
        $"SELECT resource, incident_id FROM claim WHERE resource {Lookup.OneOf}",
        (found, row) => found[row.GetString(0)] = row.GetString(1));

    /// <summary>The incidents that share a resource.</summary>
    public Lookup<string, List<string>> Shared { get; } = new(
        $"SELECT resource, incident_id FROM shared_claim WHERE resource {Lookup.OneOf} ORDER BY since, incident_id",
        (found, row) => (found[row.GetString(0)] ??= []).Add(row.GetString(1)));

    /// <summary>Inbox rows that wait, and their dedupe keys.</summary>
    public Lookup<long, string> Waiting { get; } = new(
        $"SELECT id, dedupe FROM inbox WHERE id {Lookup.OneOf}",
        (found, row) => found[row.GetInt64(0)] = row.GetString(1));

    public Lookup<long, WaitingRow> WaitingRows { get; } = new(
        $"SELECT id, dedupe, alert, source, trace_id, received_at, attempts, moved_from FROM inbox WHERE id {Lookup.OneOf}",
        (found, row) => found[row.GetInt64(0)] =
            new WaitingRow(
                row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6),
                row.IsDBNull(7) ? null : row.GetString(7)));

    /// <summary>Dedupe keys of the inbox.</summary>
    public Lookup<string, string> Dedupes { get; } =
        new($"SELECT dedupe FROM inbox WHERE dedupe {Lookup.OneOf}", (found, row) => found[row.GetString(0)] = "");

    public Lookup<string, string> DeadDedupes { get; } =
        new($"SELECT dedupe FROM dead_letter WHERE dedupe {Lookup.OneOf}", (found, row) => found[row.GetString(0)] = "");

    /// <summary>Dead letters by id; those with a dedupe key never were alerts.</summary>
    public Lookup<long, DeadRow> DeadRows { get; } = new(
        $"SELECT id, dedupe, text, source, trace_id FROM dead_letter WHERE id {Lookup.OneOf}",
        (found, row) => found[row.GetInt64(0)] = new DeadRow(!row.IsDBNull(1), row.GetString(2), row.GetString(3), row.GetString(4)));

    /// <summary>Alerts that fire.</summary>
    public Lookup<string, AlertRow> Alerts { get; } = new(
        $"SELECT fingerprint, resource, name, labels, starts_at, last_seen, source FROM active_alert WHERE fingerprint "
            + $"{Lookup.OneOf} AND gone_at IS NULL",
        (found, row) => found[row.GetString(0)] = new AlertRow(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6)));

    public IReadOnlyList<Lookup> All => _lookups;

    /// <summary>Questions that some request of the group has.</summary>
    public IEnumerable<Lookup> Wanted => _lookups.Where(lookup => lookup.IsWanted);

    public void TakeNewest(DbDataReader row)
    {
        (Sequence, AlertChange, Checkpoint, Archive) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
        _firstAlertChange = AlertChange;
    }

    /// <summary>What the whole group writes beside its requests.</summary>
    public void Complete()
    {
        if (AlertChange != _firstAlertChange)
            Changes.Run(Commands.SetAlertChange, AlertChange);
        if (StartedAt is { } started)
            Changes.Run(Commands.ForgetStarts, StoredTime.Text(started - KeepStarts));
        if (AlertWentAt is not { } at)
            return;
        var forgotten = StoredTime.Text(at - KeepGoneAlerts);
        Changes.Run(Commands.ForgetAlertChanges, forgotten);
        Changes.Run(Commands.ForgetGoneAlerts, forgotten);
    }
}

internal sealed record Head(long Version, string Hash);

internal sealed record Holder(string Incident, string Resource);

internal sealed record WaitingRow(
    string Dedupe, string Alert, string Source, string TraceId, string ReceivedAt, long Attempts, string? MovedFrom);

internal sealed record DeadRow(bool WasNeverAnAlert, string Text, string Source, string TraceId);

internal sealed record AlertRow(string Id, string Resource, string Name, string Labels, string StartsAt, string LastSeen, string? Source);
