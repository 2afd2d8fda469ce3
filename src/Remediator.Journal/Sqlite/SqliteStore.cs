using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Sqlite;

internal static class SqliteStore
{
    /// <exception cref="StoreUnavailableException">
    /// Another process has it, it is newer than this program, or its disk is full, read-only or away.
    /// </exception>
    public static Store Open(JournalOptions options, JournalMetrics metrics, ILogger logger)
    {
        var folder = JournalFolder.Hold(Path.GetFullPath(options.DataFolder));
        var file = JournalFolder.StoreFile(folder.Path);
        try
        {
            folder.CreateStoreFile();
            SqliteSchema.Upgrade(file);
            var writer = new GroupWriter(new SqliteEngine(file, Takeover.Run(file)), options, metrics, logger);
            var reader = new SqliteReaders(file);
            return new Store(
                folder, writer, reader, new InboxRoom(reader, options, metrics, isShared: false), new SoleLeases(), members: null);
        }
        catch (Exception e) when (e is SqliteException or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw SqliteFaults.Explain(e, file);
        }
    }
}
