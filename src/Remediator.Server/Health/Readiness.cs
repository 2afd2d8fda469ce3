using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Definitions;

namespace Remediator.Server.Health;

/// <summary>Whether alerts can be taken in and worked on, and a rollout may go on to the next replica. A server without a cluster is ready: it takes in and journals all the same.</summary>
internal sealed class Readiness(IStoreHealth store, IDefinitionsStatus definitions, IFactViews views, IReplica replica)
{
    public async Task<ReadinessReport> CheckAsync(CancellationToken cancellationToken)
    {
        var status = await store.CheckAsync(cancellationToken);
        var view = views.Current;
        return new(
        [
            new("store", status.Problem.Length == 0, status.Problem),
            new("definitions", true, definitions.Status.Faults is [var first, ..] ? $"the last change of the files is not in force: {first}" : ""),
            new("replica", replica.Problem.Length == 0, replica.Problem),
            new("cluster", view.State is not ViewState.Loading, view.Problem),
        ]);
    }
}

/// <param name="Problem">May be there although it is ready: what works less well than it could.</param>
internal sealed record ReadinessCheck(string Name, bool Ready, string Problem);

internal sealed record ReadinessReport(IReadOnlyList<ReadinessCheck> Checks)
{
    public bool Ready => Checks.All(c => c.Ready);
}
