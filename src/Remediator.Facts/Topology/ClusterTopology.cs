using Remediator.Core.Resources;
using Remediator.Facts.Objects;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Topology;

/// <summary>The topology of one view. Its indexes are built when they are first asked for.</summary>
internal sealed class ClusterTopology(string cluster, ClusterObjects objects, Projected projected, PodMemory memory) : ITopology
{
    private readonly Lazy<Dictionary<ObjectName, PodState>> _pods = new(() => projected.Workloads.Values.SelectMany(w => w.Pods).ToDictionary(p => p.Pod.Metadata.Key));
    private readonly Lazy<ILookup<string, PodState>> _podsByName = new(() => projected.Workloads.Values.SelectMany(w => w.Pods).ToLookup(p => p.Pod.Metadata.Name, StringComparer.Ordinal));
    private readonly Lazy<Dictionary<string, PodState>> _podsByAddress = new(() => ByAddress(projected));
    private readonly Lazy<Dictionary<string, Node>> _nodes = new(() => NodeNames(objects));
    private readonly Lazy<ILookup<(string Kind, string Name), ResourceKey>> _objects = new(() => Objects(cluster, objects, projected).ToLookup(o => (o.Kind, o.Name), o => o.Key));

    public string Cluster => cluster;

    public TopologyPod? FindPod(string space, string name)
    {
        if (space.Length > 0)
            return _pods.Value.TryGetValue(new(space, name), out var pod) ? Of(pod) : memory.Find(space, name);

        return _podsByName.Value[name].ToList() is [var only] ? Of(only) : null;
    }

    public TopologyPod? FindPodByAddress(string address) => _podsByAddress.Value.TryGetValue(address, out var pod) ? Of(pod) : null;

    public TopologyNode? FindNode(string text) =>
        text.Length > 0 && _nodes.Value.TryGetValue(text, out var node) ? new(node.Metadata.Name, NodeFacts.Zone(node)) : null;

    public ResourceKey? Find(string kind, string space, string name)
    {
        var found = _objects.Value[(kind, name)].Where(k => space.Length == 0 || k.Namespace == space || k.Namespace.Length == 0).Distinct().ToList();
        return found is [var only] ? only : null;
    }

    private TopologyPod Of(PodState state) => new(
        state.Pod.Metadata.Namespace, state.Pod.Metadata.Name, state.Owner.Key(cluster), state.Pod.Spec.NodeName, state.Zone, App(state.Pod), true);

    public static string App(Pod pod) => pod.Metadata.Label("app.kubernetes.io/name") is { Length: > 0 } name ? name : pod.Metadata.Label("app");

    /// <summary>Pods on their host's network share its address, so it names none of them.</summary>
    private static Dictionary<string, PodState> ByAddress(Projected projected)
    {
        var pods = projected.Workloads.Values.SelectMany(w => w.Pods).Where(p => p.Pod.Status.PodIP.Length > 0 && !p.Finished);
        return pods.GroupBy(p => p.Pod.Status.PodIP, StringComparer.Ordinal).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    }

    private static Dictionary<string, Node> NodeNames(ClusterObjects objects)
    {
        var names = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in objects.Nodes)
        {
            foreach (var address in node.Status.Addresses)
                names.TryAdd(address.Address, node);
            if (node.Spec.ProviderId.Length > 0)
            {
                names.TryAdd(node.Spec.ProviderId, node);
                names.TryAdd(node.Spec.ProviderId[(node.Spec.ProviderId.LastIndexOf('/') + 1)..], node);
            }
        }

        foreach (var node in objects.Nodes)
            names[node.Metadata.Name] = node;
        return names;
    }

    private static IEnumerable<(string Kind, string Name, ResourceKey Key)> Objects(string cluster, ClusterObjects objects, Projected projected)
    {
        foreach (var owner in projected.Workloads.Values.Where(w => w.Exists).Select(w => w.Owner))
            yield return (owner.Kind, owner.Name, owner.Key(cluster));
        foreach (var (set, owner) in projected.Ownership.ReplicaSets.Where(s => s.Owner.Kind != "replicaset"))
            yield return ("replicaset", set.Name, owner.Key(cluster));
        foreach (var (job, owner) in projected.Ownership.Jobs.Where(j => j.Owner.Kind != "job"))
            yield return ("job", job.Name, owner.Key(cluster));
        foreach (var claim in objects.Claims)
        {
            var key = new ResourceKey(cluster, "pvc", claim.Metadata.Namespace, claim.Metadata.Name);
            yield return ("pvc", claim.Metadata.Name, key);
            if (claim.Spec.VolumeName.Length > 0)
                yield return ("persistentvolume", claim.Spec.VolumeName, key);
        }

        foreach (var budget in objects.DisruptionBudgets)
            yield return ("poddisruptionbudget", budget.Metadata.Name, new(cluster, "poddisruptionbudget", budget.Metadata.Namespace, budget.Metadata.Name));
    }
}
