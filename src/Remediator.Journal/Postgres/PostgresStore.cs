using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Postgres;

internal static class PostgresStore
{
    /// <exception cref="StoreUnavailableException">
    /// The database cannot be reached or used, or is newer than this program; or another process has the data folder.
    /// </exception>
    public static Store Open(JournalOptions options, JournalMetrics metrics, ILogger logger)
    {
        var folder = JournalFolder.Hold(Path.GetFullPath(options.DataFolder));
        try
        {
            var settings = new PostgresSettings(options.Postgres, options.PostgresPasswordFile, options.PostgresCaFile);
            return Open(folder, settings, options, metrics, logger);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static Store Open(
        JournalFolder folder, PostgresSettings settings, JournalOptions options, JournalMetrics metrics, ILogger logger)
    {
        try
        {
            PostgresSchema.Upgrade(settings);
            var fence = new MemberFence();
            var writer = new GroupWriter(new PostgresEngine(settings, fence), options, metrics, logger);
            var pool = new PostgresPool(settings);
            var room = new InboxRoom(pool, options, metrics, isShared: true);
            return new Store(folder, writer, pool, room, new PostgresLeases(pool, fence), new PostgresMembers(pool, fence));
        }
        catch (Exception e) when (PostgresFaults.IsFault(e))
        {
            throw PostgresFaults.Explain(e, settings);
        }
    }
}
