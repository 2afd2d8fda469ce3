using System.Collections.Concurrent;
using Remediator.Core.Resources;
using Remediator.Grains.Calls;

namespace Remediator.Grains.Turn;

/// <summary>
/// Wakes the zone or the cluster of a storm: once in a while for all that are held by it here. What is lost on the way is said again at the
/// next look.
/// </summary>
internal sealed class StormCalls(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ResourceKey, long> _told = [];

    public void Tell(ResourceKey scope)
    {
        var now = time.GetTimestamp();
        var told = _told.AddOrUpdate(scope, now, (_, before) => time.GetElapsedTime(before, now) < Pause ? before : now);
        if (told == now)
        {
            grains.GetGrain<IResourceGrain>(scope.ToString()).WakeAsync().Ignore();
        }
    }
}
