using Remediator.Core.Alerts;
using Remediator.Core.Resources;
using Remediator.Facts.Connection;
using Remediator.Facts.Projection;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Topology;

/// <summary>Resolves alerts on the newest topology.</summary>
internal sealed class TopologySource(KubernetesConnection connection, FactsOptions options) : IResourceResolver
{
    private readonly PodMemory _memory = new(connection.Cluster, options.RememberPods, options.RememberPodsAtMost);
    private volatile ITopology _current = new NoTopology(connection.Cluster);

    public Resolution Resolve(Alert alert) => AlertResolver.Resolve(alert, _current);

    /// <summary>An empty one, to be filled with the first view.</summary>
    public ClusterTopology New() => new(connection.Cluster, _memory);

    /// <summary>Says that this one is as new as can be.</summary>
    public void Use(ClusterTopology topology, DateTimeOffset now)
    {
        _memory.ForgetOld(now);
        _current = topology;
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
