using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

internal static class Takeover
{
    /// <returns>A new epoch, from which on every older writer of this store is refused.</returns>
    public static long Run(string file)
    {
        using var connection = SqliteConnections.OpenWriter(file);
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE epoch SET value = value + 1 RETURNING value";
        return command.ExecuteScalar() is long epoch
            ? epoch
            : throw new StoreUnavailableException($"The store {file} has lost its epoch: it is damaged. Restore it from a backup.");
    }
}
