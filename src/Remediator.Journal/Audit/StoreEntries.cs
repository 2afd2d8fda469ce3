using System.Text;
using Microsoft.Data.Sqlite;
using Remediator.Journal.Chain;
using Remediator.Journal.Checkpoints;

namespace Remediator.Journal.Audit;

/// <summary>What a store holds, as far as an audit reads it.</summary>
internal abstract record StoreEntry
{
    private StoreEntry() { }

    internal sealed record Event(StoredEvent Stored) : StoreEntry;

    internal sealed record Checkpoint(StoredCheckpoint Stored) : StoreEntry;

    /// <summary>What the engine takes for a resource's newest event.</summary>
    internal sealed record Head(CheckpointHead Stored) : StoreEntry;
}

/// <summary>The journal in order, each checkpoint behind the last entry that it covers, as it stood when the reading began; after them the heads.</summary>
internal static class StoreEntries
{
    public static IEnumerable<StoreEntry> Read(SqliteConnection connection)
    {
        // One snapshot: entries and checkpoints belong together while the server goes on writing.
        using var snapshot = connection.BeginTransaction(deferred: true);
        using var eventsQuery = Query(connection,
            "SELECT sequence, resource, version, event_id, incident_id, type, schema, at, actor, trace_id, payload, previous_hash, hash FROM event ORDER BY sequence");
        using var checkpointsQuery = Query(connection,
            "SELECT id, sequence, entries, at, heads, key, previous_hash, hash, signature FROM checkpoint ORDER BY id");
        using var headsQuery = Query(connection, "SELECT resource, version, hash FROM resource_head ORDER BY resource");
        using var events = eventsQuery.ExecuteReader();
        using var checkpoints = checkpointsQuery.ExecuteReader();
        using var heads = headsQuery.ExecuteReader();
        var checkpoint = Next(checkpoints);
        while (events.Read())
        {
            var e = ToEvent(events);
            for (; checkpoint is not null && checkpoint.Sequence < e.Sequence; checkpoint = Next(checkpoints))
                yield return new StoreEntry.Checkpoint(checkpoint);
            yield return new StoreEntry.Event(e);
        }

        for (; checkpoint is not null; checkpoint = Next(checkpoints))
            yield return new StoreEntry.Checkpoint(checkpoint);
        while (heads.Read())
            yield return new StoreEntry.Head(new CheckpointHead(Text(heads, 0), heads.GetInt64(1), Text(heads, 2)));
    }

    private static SqliteCommand Query(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static StoredEvent ToEvent(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Resource = Text(row, 1),
        Version = row.GetInt64(2),
        EventId = Text(row, 3),
        IncidentId = row.IsDBNull(4) ? null : Text(row, 4),
        Type = Text(row, 5),
        Schema = row.GetInt64(6),
        At = Text(row, 7),
        Actor = Text(row, 8),
        TraceId = Text(row, 9),
        Payload = Text(row, 10),
        PreviousHash = Text(row, 11),
        Hash = Text(row, 12)
    };

    private static StoredCheckpoint? Next(SqliteDataReader row) => !row.Read() ? null : new()
    {
        Id = row.GetInt64(0),
        Sequence = row.GetInt64(1),
        Entries = row.GetInt64(2),
        At = Text(row, 3),
        Heads = StoredJson.TryParseHeads(Text(row, 4)),
        Key = Text(row, 5),
        PreviousHash = Text(row, 6),
        Hash = Text(row, 7),
        Signature = Text(row, 8)
    };

    // As text, SQLite's client stops at a zero byte; what is hashed is the whole column.
    private static string Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? "" : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));
}
