using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Sqlite;

/// <summary>Row by row with prepared commands: here a call costs no round trip.</summary>
internal sealed class SqliteSession : IWriteSession
{
    private readonly long _epoch;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public SqliteSession(string file, long epoch)
    {
        _epoch = epoch;
        _connection = SqliteConnections.OpenWriter(file);
    }

    public long CountInbox() => (long)Prepare(Queries.CountInbox.Sql, []).ExecuteScalar()!;

    public void Begin(Image image)
    {
        Execute("BEGIN IMMEDIATE", []);
        CheckEpoch();
        using (var newest = Prepare(Image.NewestSql, []).ExecuteReader())
        {
            newest.Read();
            image.TakeNewest(newest);
        }

        foreach (var lookup in image.Wanted)
            Answer(lookup);
    }

    public void Commit(Changes changes)
    {
        foreach (var table in changes.Tables)
            Write(table);
        foreach (var statement in changes.Statements)
            Execute(statement.Sql, statement.Values);
        Execute("COMMIT", []);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    private void Answer(Lookup lookup)
    {
        var sql = SqliteSql.Of(lookup);
        using var rows = Prepare(sql, [SqliteSql.Json(lookup.Keys)]).ExecuteReader();
        while (rows.Read())
            lookup.Take(rows);
    }

    private void Write(TableChanges changes)
    {
        foreach (var (column, values) in changes.Deleted)
        {
            var sql = SqliteSql.Delete(changes.Table, column);
            foreach (var value in values)
                Execute(sql, [value]);
        }

        var insert = SqliteSql.Insert(changes.Table);
        foreach (var row in changes.Put)
        {
            Execute(insert, row);
            Failpoint.Hit("mid-group-commit");
        }
    }

    private void CheckEpoch()
    {
        if (Prepare("SELECT value FROM epoch", []).ExecuteScalar() is not long epoch)
            throw new StoreUnavailableException("The store has lost its epoch: it is damaged. Restore it from a backup.");
        if (epoch != _epoch)
            throw new StoreUnavailableException(
                $"Another Remediator has taken this store over (its epoch is {epoch}, this process started with {_epoch}). "
                    + $"Stop this process.");
    }

    private void Execute(string sql, IReadOnlyList<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    // Every statement is one of ours, with values only as parameters $1, $2, ...: the cache is bounded.
    private SqliteCommand Prepare(string sql, IReadOnlyList<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Count; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Count; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
