using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>What is where in the cluster. Changed by who makes views, asked by any thread.</summary>
internal sealed class ClusterTopology(string cluster, PodMemory memory, IReadOnlyList<string> clusterLabels) : ITopology
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, PodState> _pods = [];
    private readonly MultiMap<string, PodState> _podsByName = new(StringComparer.Ordinal);
    private readonly MultiMap<string, PodState> _podsByAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly MultiMap<(string Kind, string Name), ResourceKey> _objects = new();
    private readonly HashSet<Owner> _workloads = [];
    private Dictionary<string, Node>? _nodesByAnyName;

    public string Cluster => cluster;

    public IReadOnlyList<string> ClusterLabels => clusterLabels;

    public TopologyPod? FindPod(string space, string name)
    {
        lock (_gate)
        {
            return space.Length == 0
                ? (_podsByName[name] is [var only] ? Of(only) : null)
                : _pods.TryGetValue(new(space, name), out var pod) ? Of(pod) : memory.Find(space, name);
        }
    }

    /// <summary>Pods on their host's network share its address, so it names none of them.</summary>
    public TopologyPod? FindPodByAddress(string address)
    {
        lock (_gate)
            return _podsByAddress[address] is [var only] ? Of(only) : null;
    }

    public TopologyNode? FindNode(string text)
    {
        lock (_gate)
            return text.Length > 0 && (_nodesByAnyName ??= NodeNames()).TryGetValue(text, out var node)
                ? new(node.Metadata.Name, NodeFacts.Zone(node))
                : null;
    }

    public ResourceKey? Find(string kind, string space, string name)
    {
        lock (_gate)
        {
            var found = _objects[(kind, name)]
                .Where(k => space.Length == 0 || k.Namespace == space || k.Namespace.Length == 0)
                .Distinct()
                .ToList();
            return found is [var only] ? only : null;
        }
    }

    public void Set(PodState? before, PodState after)
    {
        lock (_gate)
        {
            if (before is not null)
                Unlist(before);
            _pods[after.Pod.Metadata.Key] = after;
            _podsByName.Add(after.Pod.Metadata.Name, after);
            if (HasAddress(after))
                _podsByAddress.Add(after.Pod.Status.PodIP, after);
        }
    }

    /// <summary>The pod is gone; who owned it is remembered.</summary>
    public void Remove(PodState pod, DateTimeOffset now)
    {
        lock (_gate)
        {
            Unlist(pod);
            _pods.Remove(pod.Pod.Metadata.Key);
            memory.Remember(pod, now);
        }
    }

    public void Set(Node? before, Node? after)
    {
        lock (_gate)
        {
            if (before is not null)
                _nodes.Remove(before.Metadata.Name);
            if (after is not null)
                _nodes[after.Metadata.Name] = after;
            _nodesByAnyName = null;
        }
    }

    public void SetExists(Owner workload, bool exists)
    {
        lock (_gate)
        {
            if (exists && _workloads.Add(workload))
                _objects.Add((workload.Kind, workload.Name), workload.Key(cluster));
            else if (!exists && _workloads.Remove(workload))
                _objects.Remove((workload.Kind, workload.Name), workload.Key(cluster));
        }
    }

    /// <summary>A ReplicaSet or Job is found as the workload that owns it; one that is a workload itself is found as such.</summary>
    public void SetOwner(Owner controller, Owner? before, Owner? after)
    {
        lock (_gate)
        {
            if (before is { } was && was.Kind != controller.Kind)
                _objects.Remove((controller.Kind, controller.Name), was.Key(cluster));
            if (after is { } now && now.Kind != controller.Kind)
                _objects.Add((controller.Kind, controller.Name), now.Key(cluster));
        }
    }

    public void Set(PersistentVolumeClaim? before, PersistentVolumeClaim? after)
    {
        lock (_gate)
        {
            foreach (var (name, key) in Names(before))
                _objects.Remove(name, key);
            foreach (var (name, key) in Names(after))
                _objects.Add(name, key);
        }
    }

    public void Set(DisruptionBudget? before, DisruptionBudget? after)
    {
        lock (_gate)
        {
            if (before is not null)
                _objects.Remove(
                    (ResourceKinds.DisruptionBudget, before.Metadata.Name), Key(ResourceKinds.DisruptionBudget, before.Metadata));
            if (after is not null)
                _objects.Add((ResourceKinds.DisruptionBudget, after.Metadata.Name), Key(ResourceKinds.DisruptionBudget, after.Metadata));
        }
    }

    /// <summary>An autoscaler is found as the workload that it scales.</summary>
    public void Set(Autoscaler? before, Autoscaler? after)
    {
        lock (_gate)
        {
            if (before is not null)
                _objects.Remove((ResourceKinds.Autoscaler, before.Metadata.Name), AutoscalerFacts.Target(before).Key(cluster));
            if (after is not null)
                _objects.Add((ResourceKinds.Autoscaler, after.Metadata.Name), AutoscalerFacts.Target(after).Key(cluster));
        }
    }

    public static string App(Pod pod) =>
        pod.Metadata.Label("app.kubernetes.io/name") is { Length: > 0 } name ? name : pod.Metadata.Label("app");

    private TopologyPod Of(PodState state) => new(
        state.Pod.Metadata.Namespace, state.Pod.Metadata.Name, state.Owner.Key(cluster), state.Pod.Spec.NodeName, state.Zone,
        App(state.Pod), true);

    private void Unlist(PodState pod)
    {
        _podsByName.Remove(pod.Pod.Metadata.Name, pod);
        if (HasAddress(pod))
            _podsByAddress.Remove(pod.Pod.Status.PodIP, pod);
    }

    private static bool HasAddress(PodState pod) => pod.Pod.Status.PodIP.Length > 0 && !pod.Finished;

    private IEnumerable<((string Kind, string Name) Name, ResourceKey Key)> Names(PersistentVolumeClaim? claim)
    {
        if (claim is null)
            yield break;

        var key = Key(ResourceKinds.Claim, claim.Metadata);
        yield return ((ResourceKinds.Claim, claim.Metadata.Name), key);
        if (claim.Spec.VolumeName.Length > 0)
            yield return ((ResourceKinds.Volume, claim.Spec.VolumeName), key);
    }

    private ResourceKey Key(string kind, ObjectMeta meta) => new(cluster, kind, meta.Namespace, meta.Name);

    private Dictionary<string, Node> NodeNames()
    {
        var names = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in _nodes.Values)
        {
            foreach (var address in node.Status.Addresses)
                names.TryAdd(address.Address, node);
            if (node.Spec.ProviderId.Length > 0)
            {
                names.TryAdd(node.Spec.ProviderId, node);
                names.TryAdd(node.Spec.ProviderId[(node.Spec.ProviderId.LastIndexOf('/') + 1)..], node);
            }
        }

        foreach (var node in _nodes.Values)
            names[node.Metadata.Name] = node;
        return names;
    }
}
