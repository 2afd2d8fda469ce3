using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Views;

/// <summary>
/// The open incidents of what others stand on: nodes, zones, the cluster. All replicas read them from the store, and a restart forgets
/// none; they may be a moment old.
/// </summary>
internal sealed class OpenIncidents(IIncidentIndex index, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<IncidentRow>>? _rows;
    private long _readAt;

    public Task<IReadOnlyList<IncidentRow>> ReadAsync()
    {
        lock (_lock)
        {
            if (_rows is null or { IsFaulted: true } || time.GetElapsedTime(_readAt) > GoodFor)
            {
                _rows = index.OpenAsync(ResourceKinds.Causes, CancellationToken.None);
                _readAt = time.GetTimestamp();
            }

            return _rows;
        }
    }
}
