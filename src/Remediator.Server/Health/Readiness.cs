using System.Text.Json.Serialization;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Definitions.Live;

namespace Remediator.Server.Health;

/// <summary>
/// Whether alerts can be taken in and worked on, and a rollout may go on to the next replica. A server without a cluster is ready: it takes
/// in and journals all the same.
/// </summary>
internal sealed class Readiness
{
    private readonly Shared<ReadinessReport> _shared;

    public Readiness(
        IStoreHealth store, IDefinitionsStatus definitions, IFactViews views, IEnumerable<IFactProvider> providers, IReplica replica,
        AlertDoubts alerts, TimeProvider time) =>
        _shared = new(cancellationToken => CheckAsync(store, definitions, views, providers, replica, alerts, cancellationToken), time);

    /// <summary>At most a second old.</summary>
    public Task<ReadinessReport> CheckAsync(CancellationToken cancellationToken) => _shared.GetAsync(cancellationToken);

    private static async Task<ReadinessReport> CheckAsync(
        IStoreHealth store, IDefinitionsStatus definitions, IFactViews views, IEnumerable<IFactProvider> providers, IReplica replica,
        AlertDoubts alerts, CancellationToken cancellationToken)
    {
        var status = await store.CheckAsync(cancellationToken);
        var view = views.Current;
        return new(
        [
            new("store", status.Problem.Length == 0, status.Problem),
            new("definitions", true, definitions.Status.Faults is [var first, ..] ? $"the changed files are not in force: {first}" : ""),
            new("replica", replica.Problem.Length == 0, replica.Problem),
            new("cluster", view.State is not ViewState.Loading, view.Problem),
            // a central Alertmanager may tell every server of every cluster, and one that is away would take all of them out at once
            new("alerts", true, alerts.Words),
            // one that is away holds back what needs it, and nothing else
            .. providers.Select(p => new ReadinessCheck($"facts: {p.Name}", true, p.Current.Problem)),
        ]);
    }
}

/// <param name="Problem">May be there although it is ready: what works less well than it could. Null for those who may not see it.</param>
internal sealed record ReadinessCheck(
    string Name, bool Ready, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem);

internal sealed record ReadinessReport(IReadOnlyList<ReadinessCheck> Checks)
{
    public bool Ready => Checks.All(c => c.Ready);
}
