using Npgsql;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Postgres;

/// <summary>Two round trips for a group: one takes the lock of all writers and reads, the other writes and commits.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, MemberFence fence) : IWriteSession
{
    /// <summary>
    /// All writers of all replicas stand in one line, so that the sequence has no gaps and grows in the order of the commits.
    /// </summary>
    public const string TakeTurn = "SELECT pg_advisory_xact_lock(5936470)";

    /// <summary>
    /// No writer that lives takes so long: it would have given up before. One that is stuck in the middle of a message stays for ever.
    /// </summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);

    public long CountInbox()
    {
        using var command = new NpgsqlCommand(Queries.CountInbox.Sql, connection);
        return (long)command.ExecuteScalar()!;
    }

    public void Begin(Image image)
    {
        using var batch = new NpgsqlBatch(connection);
        // Each statement sees what was committed when it began, so those behind the lock see all that was written before our turn.
        Add(batch, "BEGIN ISOLATION LEVEL READ COMMITTED");
        Add(batch, TakeTurn);
        if (fence.Id is { } member && !image.IsFarewell)
            Add(batch, "SELECT is_dead FROM member WHERE id = $1", new NpgsqlParameter<string> { TypedValue = member });
        Add(batch, Image.NewestSql);
        var lookups = image.Wanted.ToArray();
        foreach (var lookup in lookups)
            Add(batch, PostgresSql.Of(lookup), PostgresSql.Keys(lookup.Keys));

        using var results = Execute(batch);
        results.NextResult();
        if (batch.BatchCommands.Count == lookups.Length + 4)
        {
            fence.Check(results.Read() ? results.GetBoolean(0) : null);
            results.NextResult();
        }

        results.Read();
        image.TakeNewest(results);
        foreach (var lookup in lookups)
        {
            results.NextResult();
            while (results.Read())
                lookup.Take(results);
        }
    }

    public void Commit(Changes changes)
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var table in changes.Tables)
        {
            foreach (var (column, values) in table.Deleted)
                Add(batch, PostgresSql.Delete(table.Table, column), PostgresSql.Keys(values));
            if (table.Put.Count > 0)
                Add(batch, PostgresSql.Insert(table.Table), PostgresSql.Columns(table));
            foreach (var _ in table.Put)
                Failpoint.Hit("mid-group-commit");
        }

        foreach (var statement in changes.Statements)
            Add(batch, statement.Sql, [.. statement.Values.Select(PostgresSql.Value)]);
        Add(batch, "COMMIT");
        batch.ExecuteNonQuery();
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Ends writers that have had their turn for so long.</summary>
    internal static void EndStuckWriters(NpgsqlConnection connection, TimeSpan stuck)
    {
        using var command = new NpgsqlCommand(
            """
            SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.objid = 5936470 AND l.granted AND a.datname = current_database()
                AND a.xact_start < clock_timestamp() - $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = stuck });
        command.ExecuteNonQuery();
    }

    private NpgsqlDataReader Execute(NpgsqlBatch batch)
    {
        try
        {
            return batch.ExecuteReader();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            using (var rollback = new NpgsqlCommand("ROLLBACK", connection))
                rollback.ExecuteNonQuery();
            EndStuckWriters(connection, Stuck);
            throw;
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value);
        batch.BatchCommands.Add(command);
    }
}
