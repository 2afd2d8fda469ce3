using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

internal static class SqliteConnections
{
    // The unit is a second, and 0 would mean for ever.
    private const int BusySeconds = 1;

    public static SqliteConnection OpenWriter(string file)
    {
        var connection = Open(file, SqliteOpenMode.ReadWrite);
        try
        {
            RequireWriteAheadLog(connection, file);
            Run(connection, "PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; "
                + "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string file) => Open(file, SqliteOpenMode.ReadOnly);

    public static SqliteConnection Open(string dataSource, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = dataSource,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusySeconds
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite only answers with the mode that it could set; without shared memory, as on some network file systems, that is another.
    private static void RequireWriteAheadLog(SqliteConnection connection, string file)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        if (command.ExecuteScalar() is not "wal")
            throw new StoreUnavailableException(
                $"The file system of the store {file} cannot keep a write-ahead log. Put the data folder on a local disk.");
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
