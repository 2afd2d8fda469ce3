using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>An open store: its folder's lock, its writer and its readers.</summary>
internal sealed class SqliteStore : IDisposable
{
    private readonly DataFolder _folder;

    private SqliteStore(DataFolder folder, SqliteWriter writer, SqliteReaders readers) => (_folder, Writer, Readers) = (folder, writer, readers);

    public string Folder => _folder.Path;

    public SqliteWriter Writer { get; }

    public SqliteReaders Readers { get; }

    /// <exception cref="StoreUnavailableException">Another process has it, it is newer than this program, or its disk is full, read-only or away.</exception>
    public static SqliteStore Open(JournalOptions options, JournalMetrics metrics, ILogger<SqliteStore> logger)
    {
        var folder = DataFolder.Hold(Path.GetFullPath(options.DataFolder));
        var file = DataFolder.StoreFile(folder.Path);
        try
        {
            folder.CreateStoreFile();
            SqliteSchema.Upgrade(file);
            return new SqliteStore(folder, new SqliteWriter(file, Takeover.Run(file), options, metrics, logger), new SqliteReaders(file));
        }
        catch (Exception e) when (e is SqliteException or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw SqliteFaults.Explain(e, file);
        }
    }

    // The writer's connection is the last: its closing folds the write-ahead log into the file.
    public void Dispose()
    {
        Readers.Dispose();
        Writer.Dispose();
        _folder.Dispose();
    }
}
