using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Views;

/// <summary>
/// The open incidents of what others stand on (nodes, zones, the cluster), and those that name what they wait for. All replicas read them
/// from the store, and a restart forgets none; they may be a moment old.
/// </summary>
internal sealed class OpenIncidents(IIncidentIndex index, TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Recent<IReadOnlyList<IncidentRow>> _causes =
        new(() => index.OpenAsync(ResourceKinds.Causes, CancellationToken.None), Moment, time);

    private readonly Recent<IReadOnlyList<IncidentRow>> _waiting = new(() => index.WaitingAsync(CancellationToken.None), Moment, time);

    public async Task<OpenRows> ReadAsync() => new(await _causes.ReadAsync(), await _waiting.ReadAsync());
}

/// <summary>What a decision about one resource sees of the incidents of others.</summary>
internal sealed record OpenRows(IReadOnlyList<IncidentRow> Causes, IReadOnlyList<IncidentRow> Waiting);
