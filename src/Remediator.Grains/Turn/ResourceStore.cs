using Orleans.Storage;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Grains.Membership;
using Remediator.Grains.Streams;
using Remediator.Grains.Views;

namespace Remediator.Grains.Turn;

/// <summary>How the grain of a resource reads and writes the journal.</summary>
internal sealed class ResourceStore(
    IJournal journal, IDueWork dueWork, PermitView permits, PauseView pauses, OpenIncidents open, Fence fence, TimeProvider time)
{
    /// <exception cref="UnreadableStreamException">A newer version has written here: this one must not act on the resource.</exception>
    public Task<(long Version, ResourceState State)> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        new EventStream<ResourceState>(journal, resource, ResourceState.Stream, time).LoadAsync(cancellationToken);

    /// <summary>All that is in flight, and how it went where bursts of repairs begin slowly.</summary>
    public Task<InFlight> InFlightAsync() => permits.ReadAsync();

    /// <summary>What people have paused.</summary>
    public Task<PauseReading> PausedAsync() => pauses.ReadAsync();

    public Task<OpenRows> OpenAsync() => open.ReadAsync();

    /// <summary>
    /// An alert that has moved away is over here, unless it has come back. Only the store can tell: the picture of the active alerts may
    /// be behind by one move, and the word that it is over would be dropped for good.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async Task<IReadOnlyList<IncomingAlert>> WithoutThoseThatCameBackAsync(
        ResourceKey resource, IReadOnlyList<IncomingAlert> alerts)
    {
        string[] moved = [.. alerts.Where(a => a.Source == InboxEntry.Moved).Select(a => a.Alert.Id)];
        if (moved.Length == 0)
        {
            return alerts;
        }

        var here = (await journal.ActiveAsync(moved, CancellationToken.None)).Where(a => a.Resource == resource).Select(a => a.Id).ToList();
        return [.. alerts.Where(a => a.Source != InboxEntry.Moved || !here.Contains(a.Alert.Id))];
    }

    /// <exception cref="ValuesRefusedException">It is certainly not written, and what the grain knows is still true.</exception>
    /// <exception cref="InconsistentStateException">
    /// Whether it was written is unknown, so the grain must be deactivated and loaded again.
    /// </exception>
    public async Task<CommitResult> CommitAsync(Commit commit)
    {
        try
        {
            return await journal.CommitAsync(commit, CancellationToken.None);
        }
        catch (Exception e) when (e is not ValuesRefusedException)
        {
            throw Unknown(commit.Resource, commit.ExpectedVersion + commit.Events.Count, e);
        }
        finally
        {
            if (commit.Acquire is not null || commit.Release.Count > 0)
            {
                permits.Changed();
                pauses.Changed();
            }
            else if (commit.Events.Any(e => SlowStartBook.Counted.Contains(e.Type)))
            {
                permits.Changed();
            }
        }
    }

    /// <exception cref="InconsistentStateException">Somebody else has written the resource, or nobody knows what is written.</exception>
    public async Task PutDueAsync(ResourceKey resource, long version, DateTimeOffset? due)
    {
        bool isOurs;
        try
        {
            isOurs = await dueWork.PutAsync(resource, version, due, CancellationToken.None);
        }
        catch (Exception e)
        {
            throw Unknown(resource, version, e);
        }

        if (!isOurs)
        {
            throw new InconsistentStateException($"{resource} was written by somebody else after version {version}.");
        }
    }

    private InconsistentStateException Unknown(ResourceKey resource, long version, Exception e)
    {
        if (e is ReplicaFencedException)
        {
            fence.Trip($"{e.Message} Refused was version {version} of {resource.Display}.");
        }

        return new($"It is unknown whether version {version} of {resource} was written; it is read again.", e);
    }
}
