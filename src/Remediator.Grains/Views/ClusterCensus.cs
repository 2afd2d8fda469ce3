using Remediator.Core.Alerts;
using Remediator.Core.Resources;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Views;

/// <summary>Counts the alerts that fire by the cluster that they name.</summary>
internal sealed class ClusterCensus : IAlertsByCluster
{
    private readonly ActiveAlerts _alerts;
    private readonly ClusterName _cluster;

    public ClusterCensus(ActiveAlerts alerts, ClusterName cluster, EngineMetrics metrics)
    {
        (_alerts, _cluster) = (alerts, cluster);
        metrics.Observe(
            "remediator_alerts_of_other_clusters",
            "Alerts that fire and name another cluster than Cluster:Name, by that name: nothing is done about them.",
            "named",
            () => Current.Commonest().Select(c => (c.Cluster, (long)c.Alerts)));
    }

    public AlertsByCluster Current
    {
        get
        {
            var counts = _alerts.CountByCluster();
            counts.Remove(_cluster.Name, out var ours);
            return new(_cluster.Name, ours, counts);
        }
    }
}
