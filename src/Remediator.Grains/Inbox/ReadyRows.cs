using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Sights;

namespace Remediator.Grains.Inbox;

/// <summary>
/// Says which rows of the inbox can be given to their resources now. Those of our own need no view and overtake the others; probes of the
/// health check have a way of their own.
/// </summary>
internal sealed class ReadyRows(AlertRouter router, AllFacts all, EngineSettings settings, TimeProvider time)
{
    /// <summary>
    /// How long alerts wait for a fresh view of the cluster; then an old one has to do, and the guards hold. Without any view there is
    /// nothing to go by.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>So long what has happened in the cluster may be on its way to a view that is as new as the alert.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(5);

    /// <param name="taken">Rows that were given out before.</param>
    public List<RoutedRow> Of(IReadOnlyList<InboxRow> rows, IReadOnlySet<long> taken)
    {
        var now = time.GetUtcNow();
        var (view, facts, others) = all.Current;
        var hosts = others.FirstOrDefault(s => s.Provider == FactSchema.Hosts) is { } sight
            && sight.Doubt(now, settings.MaxViewAge) is null;
        var fresh = view.CanBeTrusted(now, settings.MaxViewAge);
        return
        [
            .. from row in rows
               let patient = view.State is not ViewState.Ready || now - row.ReceivedAt <= Patience
               where !taken.Contains(row.Id)
                   && row.Source != InboxEntry.Probe
                   && (fresh || hosts || AlertRouter.IsOurs(row) || row.MovedFrom is not null || !patient)
               let routed = router.Route(row)
               let outside = hosts && IsOutside(routed, facts)
               where fresh || outside || AlertRouter.IsOurs(row) || row.MovedFrom is not null || !patient
               where !patient || outside || !MayStillAppear(routed, view)
               select routed
        ];
    }

    /// <summary>What is known to belong to no cluster need not wait for one.</summary>
    private static bool IsOutside(RoutedRow routed, FactView facts) =>
        ResourceKinds.Of(routed.To.Resource) is { MayBeOutside: true, Own: [var host, ..] }
            && Hosts.IsOutside(facts, host.Value(routed.To.Resource));

    /// <summary>
    /// A pod, or the owner of its ReplicaSet, may be younger than the view: taken for what they look like now, the alert would open an
    /// incident of its own.
    /// </summary>
    private static bool MayStillAppear(RoutedRow routed, ViewStatus view) =>
        view.State is ViewState.Ready && view.FreshAt <= routed.Row.ReceivedAt + OnItsWay
        && (routed.To.Resource.Kind == ResourceKinds.ReplicaSet || (!routed.To.Known && routed.Row.Alert.Labels.ContainsKey("pod")));
}
