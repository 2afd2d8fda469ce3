namespace Remediator.Core.Resources;

/// <summary>What the resolver asks of the newest topology, and of what it remembers.</summary>
public interface ITopology
{
    /// <summary>The name of this cluster.</summary>
    string Cluster { get; }

    /// <summary>The labels by which an alert says of which cluster it is; the first that it carries decides.</summary>
    IReadOnlyList<string> ClusterLabels => Resources.ClusterLabels.Names;

    /// <summary>A pod, deleted ones of the last hours too. Without a namespace only one whose name is unique.</summary>
    TopologyPod? FindPod(string space, string name);

    /// <summary>A living pod by its address.</summary>
    TopologyPod? FindPodByAddress(string address);

    /// <summary>A node by its name, one of its addresses, its provider id or the instance id in it.</summary>
    TopologyNode? FindNode(string text);

    /// <summary>The name of a machine that is known to be outside the cluster, by its name or its address.</summary>
    string? FindHost(string text) => null;

    /// <summary>
    /// The resource that an object belongs to: the object itself, or the owner of a ReplicaSet or Job. Without a namespace only where the
    /// name is unique.
    /// </summary>
    ResourceKey? Find(string kind, string space, string name);
}

/// <param name="App">What its labels say that it is.</param>
/// <param name="Exists">False for one that is remembered only.</param>
public sealed record TopologyPod(string Namespace, string Name, ResourceKey Owner, string Node, string Zone, string App, bool Exists);

public sealed record TopologyNode(string Name, string Zone);
