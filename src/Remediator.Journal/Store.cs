using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Journal.Postgres;
using Remediator.Journal.Reading;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

/// <summary>An open store of either engine.</summary>
internal sealed class Store(DataFolder folder, GroupWriter writer, IStoreReader reader, InboxRoom room, ILeases leases, IMembers? members) : IDisposable
{
    /// <exception cref="StoreUnavailableException">It cannot be used now, in words for an operator.</exception>
    public static Store Open(JournalOptions options, JournalMetrics metrics, ILogger<Store> logger) =>
        options.Postgres.Length > 0 ? PostgresStore.Open(options, metrics, logger) : SqliteStore.Open(options, metrics, logger);

    public string Folder => folder.Path;

    public GroupWriter Writer => writer;

    public IStoreReader Reader => reader;

    public InboxRoom Room => room;

    public ILeases Leases => leases;

    /// <summary>Null where the store can have one process only.</summary>
    public IMembers? Members => members;

    // The writer's connection is the last: in SQLite, its closing folds the write-ahead log into the file.
    public void Dispose()
    {
        reader.Dispose();
        writer.Dispose();
        folder.Dispose();
    }
}
