using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Chain;

namespace Remediator.Journal.Sqlite;

/// <summary>One decision as rows, always in this order: fence and events, head, incidents, due work, inbox, alerts, release, acquire.</summary>
internal static class CommitWrite
{
    public static CommitResult Apply(WriteTransaction transaction, Commit commit)
    {
        var resource = commit.Resource.ToString();
        var (version, hash) = Head(transaction, resource);
        if (version != commit.ExpectedVersion || !TryAppend(transaction, commit, resource, ref version, ref hash))
            return transaction.Refuse<CommitResult>(new CommitResult.Conflict());

        transaction.Execute(
            """
            INSERT INTO resource_head (resource, version, hash, document, document_schema) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (resource) DO UPDATE SET version = excluded.version, hash = excluded.hash,
                document = excluded.document, document_schema = excluded.document_schema
            """,
            resource, version, hash, commit.Document, commit.DocumentSchema);
        WriteIncidents(transaction, commit.Incidents);
        WriteDue(transaction, resource, commit.Due);
        WriteConsumed(transaction, commit.Consumed);
        WriteAlerts(transaction, commit);
        return PermitWrite.Apply(transaction, commit) is { } reason
            ? transaction.Refuse<CommitResult>(new CommitResult.PermitDenied(reason))
            : new CommitResult.Committed(version);
    }

    private static (long Version, string Hash) Head(WriteTransaction transaction, string resource)
    {
        using var reader = transaction.Query("SELECT version, hash FROM resource_head WHERE resource = $1", resource);
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, EventHash.None);
    }

    private static bool TryAppend(WriteTransaction transaction, Commit commit, string resource, ref long version, ref string hash)
    {
        foreach (var added in commit.Events)
        {
            var stored = Stored(transaction.Sequence + 1, resource, version + 1, hash, commit.At, added);
            try
            {
                Insert(transaction, stored);
            }
            catch (SqliteException e) when (SqliteFaults.IsTaken(e))
            {
                return false;
            }

            (transaction.Sequence, version, hash) = (stored.Sequence, stored.Version, stored.Hash);
        }

        return true;
    }

    private static StoredEvent Stored(long sequence, string resource, long version, string previousHash, DateTimeOffset at, NewEvent added)
    {
        var stored = new StoredEvent
        {
            Sequence = sequence,
            Resource = resource,
            Version = version,
            EventId = Guid.CreateVersion7(at).ToString(),
            IncidentId = added.IncidentId,
            Type = added.Type,
            Schema = added.Schema,
            At = StoredTime.Text(at),
            Actor = added.Actor,
            TraceId = added.TraceId,
            Payload = added.Payload,
            PreviousHash = previousHash,
            Hash = ""
        };
        return stored with { Hash = EventHash.Compute(stored) };
    }

    private static void Insert(WriteTransaction transaction, StoredEvent e) => transaction.Execute(
        """
        INSERT INTO event (sequence, resource, version, event_id, incident_id, type, schema, at, actor, trace_id, payload, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        e.Sequence, e.Resource, e.Version, e.EventId, e.IncidentId, e.Type, e.Schema, e.At, e.Actor, e.TraceId, e.Payload, e.PreviousHash, e.Hash);

    private static void WriteIncidents(WriteTransaction transaction, IReadOnlyList<IncidentRow> incidents)
    {
        foreach (var row in incidents)
        {
            transaction.Execute(
                """
                INSERT INTO incident (id, resource, problem, status, summary, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (id) DO UPDATE SET resource = excluded.resource, problem = excluded.problem, status = excluded.status,
                    summary = excluded.summary, opened_at = excluded.opened_at, closed_at = excluded.closed_at
                """,
                row.Id, row.Resource.ToString(), row.Problem, row.Status, row.Summary, StoredTime.Text(row.OpenedAt),
                row.ClosedAt is { } closed ? StoredTime.Text(closed) : null);
        }
    }

    private static void WriteDue(WriteTransaction transaction, string resource, DateTimeOffset? due)
    {
        if (due is { } at)
            transaction.Execute(
                "INSERT INTO due_work (resource, due_at) VALUES ($1, $2) ON CONFLICT (resource) DO UPDATE SET due_at = excluded.due_at",
                resource, StoredTime.Text(at));
        else
            transaction.Execute("DELETE FROM due_work WHERE resource = $1", resource);
    }

    private static void WriteConsumed(WriteTransaction transaction, IReadOnlyList<long> consumed)
    {
        foreach (var id in consumed)
            transaction.InboxChange -= transaction.Execute("DELETE FROM inbox WHERE id = $1", id);
    }

    private static void WriteAlerts(WriteTransaction transaction, Commit commit)
    {
        foreach (var alert in commit.AlertsNow)
        {
            transaction.Execute(
                """
                INSERT INTO active_alert (fingerprint, resource, name, labels, starts_at, last_seen) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (fingerprint) DO UPDATE SET resource = excluded.resource, name = excluded.name, labels = excluded.labels,
                    starts_at = excluded.starts_at, last_seen = excluded.last_seen
                """,
                alert.Fingerprint, alert.Resource.ToString(), alert.Name, StoredJson.Labels(alert.Labels), StoredTime.Text(alert.StartsAt),
                StoredTime.Text(alert.LastSeen));
        }

        foreach (var fingerprint in commit.AlertsGone)
            transaction.Execute("DELETE FROM active_alert WHERE fingerprint = $1", fingerprint);
    }
}
