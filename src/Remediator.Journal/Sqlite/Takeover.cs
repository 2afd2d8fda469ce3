using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>A new epoch, from which on every older writer of this store is refused; and where the journal stood.</summary>
internal sealed record Takeover(long Epoch, long Sequence)
{
    public static Takeover Run(string file)
    {
        using var connection = SqliteConnections.OpenWriter(file);
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE epoch SET value = value + 1 RETURNING value, (SELECT COALESCE(MAX(sequence), 0) FROM event)";
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new Takeover(reader.GetInt64(0), reader.GetInt64(1))
            : throw new StoreUnavailableException($"The store {file} has lost its epoch: it is damaged. Restore it from a backup.");
    }
}
