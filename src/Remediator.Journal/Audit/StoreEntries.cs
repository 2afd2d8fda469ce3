using System.Data.Common;
using System.Text;
using Remediator.Journal.Format;

namespace Remediator.Journal.Audit;

/// <summary>What a store holds, as far as an audit reads it.</summary>
internal abstract record StoreEntry
{
    private StoreEntry() { }

    /// <summary>What the newest archive took out of the store.</summary>
    internal sealed record Stub(StoredStub Stored) : StoreEntry;

    internal sealed record Event(StoredEvent Stored) : StoreEntry;

    internal sealed record Checkpoint(StoredCheckpoint Stored) : StoreEntry;

    /// <summary>What the engine takes for a resource's newest event, and for its state after it.</summary>
    internal sealed record Head(CheckpointHead Stored, string Document) : StoreEntry;
}

/// <summary>
/// The journal in order, each checkpoint behind the last entry that it covers, and after it the heads. Read in pages: a connection answers
/// one question at a time.
/// </summary>
internal static class StoreEntries
{
    private const int PageSize = 1000;

    public static IEnumerable<StoreEntry> Read(DbConnection connection)
    {
        var stub = NewestStub(connection);
        foreach (var entry in After(connection, stub, long.MaxValue))
            yield return entry;
        foreach (var head in Heads(connection))
            yield return head;
    }

    /// <summary>
    /// The stub, and the entries and checkpoints behind it up to a sequence. What was archived and is not deleted yet is passed over.
    /// </summary>
    public static IEnumerable<StoreEntry> After(DbConnection connection, StoredStub? stub, long upTo)
    {
        if (stub is not null)
            yield return new StoreEntry.Stub(stub);
        using var checkpoints = Checkpoints(connection, stub?.CheckpointId ?? long.MinValue).GetEnumerator();
        var checkpoint = Next(checkpoints);
        foreach (var e in Events(connection, stub?.Sequence ?? long.MinValue).TakeWhile(e => e.Sequence <= upTo))
        {
            for (; checkpoint is not null && checkpoint.Sequence < e.Sequence; checkpoint = Next(checkpoints))
                yield return new StoreEntry.Checkpoint(checkpoint);
            yield return new StoreEntry.Event(e);
        }

        for (; checkpoint is not null && checkpoint.Sequence <= upTo; checkpoint = Next(checkpoints))
            yield return new StoreEntry.Checkpoint(checkpoint);
    }

    /// <summary>Null where nothing was ever archived.</summary>
    public static StoredStub? NewestStub(DbConnection connection) => Page(connection,
        "SELECT id, sequence, entries, checkpoint_id, checkpoint_hash, at, file, file_hash, heads, key, hash, signature, "
            + "snapshots FROM archive WHERE id > @after ORDER BY id DESC LIMIT @size",
        long.MinValue, ToStub, 1).FirstOrDefault();

    private static IEnumerable<StoredEvent> Events(DbConnection connection, long behind) => Pages(
        after => Page(connection,
            """
            SELECT sequence, resource, version, event_id, incident_id, type, schema, at, actor, trace_id, payload, previous_hash, hash
            FROM event WHERE sequence > @after ORDER BY sequence LIMIT @size
            """, after, ToEvent),
        behind, e => e.Sequence);

    private static IEnumerable<StoredCheckpoint> Checkpoints(DbConnection connection, long behind) => Pages(
        after => Page(connection,
            "SELECT id, sequence, entries, at, heads, key, previous_hash, hash, signature FROM checkpoint WHERE id > @after "
                + "ORDER BY id LIMIT @size",
            after, ToCheckpoint),
        behind, c => c.Id);

    private static IEnumerable<StoreEntry.Head> Heads(DbConnection connection) => Pages(
        after => Page(connection,
            "SELECT resource, version, hash, document FROM resource_head WHERE resource > @after ORDER BY resource LIMIT @size", after,
            row => new StoreEntry.Head(new(Text(row, 0), row.GetInt64(1), Text(row, 2)), Text(row, 3))),
        "", head => head.Stored.Resource);

    private static IEnumerable<TRow> Pages<TRow, TKey>(Func<TKey, List<TRow>> page, TKey after, Func<TRow, TKey> key)
    {
        while (page(after) is { Count: > 0 } rows)
        {
            foreach (var row in rows)
                yield return row;
            after = key(rows[^1]);
        }
    }

    private static List<TRow> Page<TRow, TKey>(
        DbConnection connection, string sql, TKey after, Func<DbDataReader, TRow> read, int size = PageSize)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Add(command, "@after", after!);
        Add(command, "@size", size);
        using var reader = command.ExecuteReader();
        var rows = new List<TRow>(PageSize);
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private static StoredEvent ToEvent(DbDataReader row) => new()
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

    private static StoredStub ToStub(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Sequence = row.GetInt64(1),
        Entries = row.GetInt64(2),
        CheckpointId = row.GetInt64(3),
        CheckpointHash = Text(row, 4),
        At = Text(row, 5),
        File = Text(row, 6),
        FileHash = Text(row, 7),
        Heads = StoredJson.TryParseHeads(Text(row, 8)),
        Snapshots = row.IsDBNull(12) ? null : StoredJson.TryParseHeads(Text(row, 12)),
        Key = Text(row, 9),
        Hash = Text(row, 10),
        Signature = Text(row, 11)
    };

    private static StoredCheckpoint? Next(IEnumerator<StoredCheckpoint> checkpoints) => checkpoints.MoveNext() ? checkpoints.Current : null;

    private static StoredCheckpoint ToCheckpoint(DbDataReader row) => new()
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
    private static string Text(DbDataReader row, int column) =>
        row.IsDBNull(column) ? "" : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));
}
