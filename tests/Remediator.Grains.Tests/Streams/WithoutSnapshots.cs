using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Tests.Streams;

/// <summary>A journal that was archived by a version that wrote no snapshots: the heads are there, and nothing before.</summary>
internal sealed class WithoutSnapshots(IJournal journal) : IJournal
{
    public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        journal.LoadAsync(resource, cancellationToken);

    public async Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        [.. (await journal.EventsAsync(resource, cancellationToken)).Where(e => e.Type != Snapshot.Type)];

    public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EventPage> EventsAsync(
        IReadOnlyList<string> types,
        long after,
        DateTimeOffset since,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Holdings> HeldAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ActiveAlert>> ActiveOfAsync(string source, CancellationToken cancellationToken) =>
        journal.ActiveOfAsync(source, cancellationToken);

    public Task<IReadOnlyList<ActiveAlert>> ActiveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        journal.ActiveAsync(ids, cancellationToken);

    public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) => throw new NotSupportedException();
}
