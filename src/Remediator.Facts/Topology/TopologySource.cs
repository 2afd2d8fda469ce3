using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Connection;
using Remediator.Facts.Projection;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Topology;

/// <summary>Resolves alerts on the newest topology.</summary>
internal sealed class TopologySource(KubernetesConnection connection, FactsOptions options, IEnumerable<IFactProvider> providers)
    : IResourceResolver
{
    private readonly PodMemory _memory = new(connection.Cluster, options.RememberPods, options.RememberPodsAtMost);
    private volatile ITopology _current = new NoTopology(connection);

    private readonly IFactProvider[] _hosts = [.. providers.Where(p => p.Name == FactSchema.Hosts)];

    public Resolution Resolve(Alert alert) => AlertResolver.Resolve(alert, _hosts.Length == 0 ? _current : new WithHosts(_current, _hosts));

    /// <summary>An empty one, to be filled with the first view.</summary>
    public ClusterTopology New() => new(connection.Cluster, _memory, connection.ClusterLabels);

    /// <summary>Says that this one is as new as can be.</summary>
    public void Use(ClusterTopology topology, DateTimeOffset now)
    {
        _memory.ForgetOld(now);
        _current = topology;
    }

    private sealed class WithHosts(ITopology cluster, IFactProvider[] providers) : ITopology
    {
        public string Cluster => cluster.Cluster;

        public IReadOnlyList<string> ClusterLabels => cluster.ClusterLabels;

        public TopologyPod? FindPod(string space, string name) => cluster.FindPod(space, name);

        public TopologyPod? FindPodByAddress(string address) => cluster.FindPodByAddress(address);

        public TopologyNode? FindNode(string text) => cluster.FindNode(text);

        public ResourceKey? Find(string kind, string space, string name) => cluster.Find(kind, space, name);

        public string? FindHost(string text) =>
            providers.Select(p => Hosts.Find(p.Current.View, text)).FirstOrDefault(h => h is not null) is { } host
                && host["node"].Length == 0
                ? host["host"]
                : null;
    }

    /// <summary>Before the first view, and where there is no cluster: nothing is known.</summary>
    private sealed class NoTopology(KubernetesConnection connection) : ITopology
    {
        public string Cluster => connection.Cluster;

        public IReadOnlyList<string> ClusterLabels => connection.ClusterLabels;

        public TopologyPod? FindPod(string space, string name) => null;

        public TopologyPod? FindPodByAddress(string address) => null;

        public TopologyNode? FindNode(string text) => null;

        public ResourceKey? Find(string kind, string space, string name) => null;
    }
}
