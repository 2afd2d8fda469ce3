using Remediator.Core.Alerts;
using Remediator.Core.Resources;
using Remediator.Facts.Connection;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Topology;

/// <summary>Resolves alerts on the newest topology.</summary>
internal sealed class TopologySource(KubernetesConnection connection, FactsOptions options) : IResourceResolver
{
    private readonly PodMemory _memory = new(connection.Cluster, options.RememberPods, options.RememberPodsAtMost);
    private volatile ITopology _current = new NoTopology(connection.Cluster);

    public Resolution Resolve(Alert alert) => AlertResolver.Resolve(alert, _current);

    public void Set(ClusterObjects objects, Projected projected, DateTimeOffset now)
    {
        _memory.See(projected.Workloads.Values.SelectMany(w => w.Pods), now);
        _current = new ClusterTopology(connection.Cluster, objects, projected, _memory);
    }

    /// <summary>Before the first view, and where there is no cluster: nothing is known.</summary>
    private sealed class NoTopology(string cluster) : ITopology
    {
        public string Cluster => cluster;

        public TopologyPod? FindPod(string space, string name) => null;

        public TopologyPod? FindPodByAddress(string address) => null;

        public TopologyNode? FindNode(string text) => null;

        public ResourceKey? Find(string kind, string space, string name) => null;
    }
}
