using Remediator.Core.Journal;
using Remediator.Journal.Reading;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Storage;

/// <summary>An open store of either engine.</summary>
internal sealed class Store(
    JournalFolder folder, GroupWriter writer, IStoreReader reader, InboxRoom room, ILeases leases, IMembers? members) : IDisposable
{
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
