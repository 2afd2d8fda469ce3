using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Views;

/// <summary>
/// The open incidents of what others stand on: nodes, zones, the cluster. All replicas read them from the store, and a restart forgets
/// none; they may be a moment old.
/// </summary>
internal sealed class OpenIncidents(IIncidentIndex index, TimeProvider time)
{
    private readonly Recent<IReadOnlyList<IncidentRow>> _rows =
        new(() => index.OpenAsync(ResourceKinds.Causes, CancellationToken.None), TimeSpan.FromSeconds(1), time);

    public Task<IReadOnlyList<IncidentRow>> ReadAsync() => _rows.ReadAsync();
}
