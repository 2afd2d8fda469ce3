using Microsoft.Data.Sqlite;

namespace Remediator.Journal.Sqlite;

/// <summary>Opens a store only to read it, beside a running server or without one, and leaves no file behind.</summary>
internal sealed class AuditConnection : IDisposable
{
    private readonly string _log;
    private readonly bool _alone;

    private AuditConnection(SqliteConnection connection, string log, bool alone) => (Connection, _log, _alone) = (connection, log, alone);

    public SqliteConnection Connection { get; }

    public static AuditConnection Open(string file)
    {
        // Without a write-ahead log nobody has the store open, and an ordinary reader would create one.
        var log = file + "-wal";
        var alone = !File.Exists(log);
        var connection = SqliteConnections.Open(
            alone ? $"file:{Uri.EscapeDataString(file).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1" : file,
            SqliteOpenMode.ReadOnly);
        try
        {
            SqliteSchema.RequireCurrent(file, connection);
            return new AuditConnection(connection, log, alone);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>True where a server has opened the store meanwhile, so that what was read may not belong together.</summary>
    public bool IsDisturbed => _alone && File.Exists(_log);

    public void Dispose() => Connection.Dispose();
}
