using Microsoft.Data.Sqlite;

namespace Remediator.Journal.Sqlite;

/// <summary>What one request may do within the group's transaction. Its savepoint is undone where it throws or refuses.</summary>
internal sealed class WriteTransaction(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>The newest sequence of the journal, those of this transaction included.</summary>
    public long Sequence { get; set; }

    /// <summary>By how much this request makes the inbox longer.</summary>
    public int InboxChange { get; set; }

    public bool Refused { get; private set; }

    /// <summary>The outcome of a request that must leave nothing behind.</summary>
    public T Refuse<T>(T outcome)
    {
        Refused = true;
        return outcome;
    }

    public void Start()
    {
        Refused = false;
        InboxChange = 0;
    }

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    public object? Scalar(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar();

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
    }

    // Every statement is one of ours, with values only as parameters $1, $2, ...: the cache is bounded.
    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
