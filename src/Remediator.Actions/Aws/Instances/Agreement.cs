using Amazon.EC2.Model;
using k8s.Models;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// Whether the cluster and EC2 mean the same machine. Names and addresses are used again, and a Node may outlive its machine, so that one
/// sign alone proves nothing.
/// </summary>
internal static class Agreement
{
    public const string ClusterTag = "kubernetes.io/cluster/";
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    /// <param name="instance">Null where EC2 knows none by that id.</param>
    /// <param name="cluster">The name in the tag of the cluster's instances.</param>
    /// <returns>Why not; null where all signs agree.</returns>
    public static string? Doubt(V1Node node, ProviderId id, Instance? instance, string cluster) => Doubt(
        id, instance, cluster, node.Metadata.Labels?.TryGetValue(ZoneLabel, out var zone) == true ? zone : "",
        [.. (node.Status?.Addresses ?? []).Where(a => a.Type == "InternalIP").Select(a => a.Address)]);

    /// <inheritdoc cref="Doubt(V1Node, ProviderId, Instance?, string)"/>
    /// <param name="ofNode">The internal addresses of the node.</param>
    /// <param name="zoneOfNode">As its label says it; empty where it has none.</param>
    public static string? Doubt(
        ProviderId id, Instance? instance, string cluster, string zoneOfNode, IReadOnlyList<string> ofNode)
    {
        if (instance is null)
            return $"EC2 knows no instance {id.InstanceId}, which the node says it is";
        if (OfAnotherCluster(instance, cluster) is { } other)
            return $"instance {id.InstanceId} {other}";

        var zone = instance.Placement?.AvailabilityZone ?? "";
        foreach (var said in new[] { id.Zone, zoneOfNode })
        {
            if (said.Length > 0 && said != zone)
                return $"instance {id.InstanceId} is in zone {zone}, and the node says {said}";
        }

        // one that is terminated has no address any more, and its state says what there is to say
        if (IsGone(instance))
            return null;
        var ofInstance = Addresses(instance).ToList();
        return ofNode.Any(ofInstance.Contains)
            ? null
            : $"the node has the address {Said(ofNode)}, and instance {id.InstanceId} {Said(ofInstance)}";
    }

    public static bool IsGone(Instance instance) => instance.State?.Name?.Value is "terminated" or "shutting-down";

    public static IEnumerable<string> Addresses(Instance instance) =>
        (instance.NetworkInterfaces ?? []).SelectMany(i => i.PrivateIpAddresses ?? []).Select(a => a.PrivateIpAddress)
            .Concat((instance.NetworkInterfaces ?? []).SelectMany(i => i.Ipv6Addresses ?? []).Select(a => a.Ipv6Address))
            .Append(instance.PrivateIpAddress)
            .Where(a => !string.IsNullOrEmpty(a));

    private static string? OfAnotherCluster(Instance instance, string cluster)
    {
        var clusters = (instance.Tags ?? []).Where(t => t.Key.StartsWith(ClusterTag, StringComparison.Ordinal))
            .Select(t => t.Key[ClusterTag.Length..]).ToList();
        return clusters.Contains(cluster) ? null
            : clusters.Count == 0
                ? $"has no tag {ClusterTag}{cluster}, so that nothing says whose it is; tag it, or set Aws:Cluster to the cluster's name"
            : $"is tagged as one of cluster {string.Join(", ", clusters)}, not of {cluster}; if that is this cluster, set Aws:Cluster to "
                + "that name";
    }

    private static string Said(IReadOnlyList<string> addresses) => addresses.Count > 0 ? string.Join(", ", addresses.Distinct()) : "none";
}
