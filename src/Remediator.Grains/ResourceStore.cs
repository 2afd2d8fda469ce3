using Orleans.Storage;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety.Pauses;
using Remediator.Grains.Membership;

namespace Remediator.Grains;

/// <summary>How the grain of a resource reads and writes the journal.</summary>
internal sealed class ResourceStore(IJournal journal, PermitView permits, PauseView pauses, OpenIncidents open, Fence fence, TimeProvider time)
{
    /// <exception cref="UnreadableStreamException">A newer version has written here: this one must not act on the resource.</exception>
    public Task<(long Version, ResourceState State)> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        new EventStream<ResourceState>(journal, resource, ResourceState.Stream, time).LoadAsync(cancellationToken);

    /// <summary>All that is in flight.</summary>
    public Task<Holdings> HeldAsync() => permits.ReadAsync();

    /// <summary>What people have paused.</summary>
    public Task<PauseReading> PausedAsync() => pauses.ReadAsync();

    public Task<IReadOnlyList<IncidentRow>> OpenAsync() => open.ReadAsync();

    /// <exception cref="InconsistentStateException">Whether it was written is unknown, so that the grain has to go and be loaded again.</exception>
    public async Task<CommitResult> CommitAsync(Commit commit)
    {
        try
        {
            return await journal.CommitAsync(commit, CancellationToken.None);
        }
        catch (Exception e)
        {
            if (e is ReplicaFencedException)
            {
                fence.Trip($"{e.Message} Refused was version {commit.ExpectedVersion + commit.Events.Count} of {commit.Resource.Display}.");
            }

            throw new InconsistentStateException($"Nobody knows whether version {commit.ExpectedVersion + commit.Events.Count} of {commit.Resource} was written; it is read again.", e);
        }
        finally
        {
            if (commit.Acquire is not null || commit.Release.Count > 0)
            {
                permits.Changed();
                pauses.Changed();
            }
        }
    }
}
