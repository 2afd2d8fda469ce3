using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Sources.Tests;

/// <summary>The active alerts alone.</summary>
internal sealed class FakeJournal : IJournal
{
    public List<ActiveAlert> Firing { get; } = [];

    public Task<IReadOnlyList<ActiveAlert>> ActiveOfAsync(string source, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ActiveAlert>>([.. Firing.Where(a => a.Source == source)]);

    public Task<IReadOnlyList<ActiveAlert>> ActiveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ActiveAlert>>([.. Firing.Where(a => ids.Contains(a.Id))]);

    public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources read what they need, not all that fires.");

    public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EventPage> EventsAsync(
        IReadOnlyList<string> types,
        long after,
        DateTimeOffset since,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Holdings> HeldAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
