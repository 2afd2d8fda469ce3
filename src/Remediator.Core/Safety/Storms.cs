using System.Globalization;
using System.Runtime.CompilerServices;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <param name="Scope">The zone or the cluster, as a resource: the storm's one incident is opened there.</param>
/// <param name="Seen">In words: <c>4 of 6 nodes of zone a are not ready</c>.</param>
public sealed record Storm(ResourceKey Scope, string Seen);

/// <summary>Finds storms in what is true now. It counts levels, never alerts: twenty alerts of one node are one sick node.</summary>
public static class Storms
{
    /// <summary>The problem that a storm's incident has.</summary>
    public const string Problem = "storm";

    private static readonly ConditionalWeakTable<IReadOnlyList<Fact>, Count> Counted = [];

    public static ResourceKey Cluster(string cluster) => new(cluster, "cluster", "", cluster);

    public static ResourceKey Zone(string cluster, string zone) => new(cluster, "zone", "", zone);

    public static bool IsScope(ResourceKey resource) => resource.Kind is "cluster" or "zone" && resource.Namespace.Length == 0;

    /// <summary>The cluster's first; beside it those of zones are only parts of it.</summary>
    /// <param name="sickBefore">Nodes that became sick later do not count.</param>
    public static IReadOnlyList<Storm> In(FactView view, StormPolicy policy, string cluster, DateTimeOffset sickBefore)
    {
        var nodes = view.Named("node");
        var zones = (from node in nodes
                     where node["zone"].Length > 0
                     group node by node["zone"] into zone
                     orderby zone.Key
                     let sick = zone.Count(n => IsSick(n, sickBefore))
                     where policy.ZoneNodes.IsExceededBy(sick, zone.Count())
                     select new Storm(Zone(cluster, zone.Key), $"{sick} of {zone.Count()} nodes of zone {zone.Key} are not ready")).ToList();
        return OfCluster(view, nodes, zones, policy, sickBefore) is { } seen ? [new(Cluster(cluster), seen), .. zones] : zones;
    }

    /// <summary>One that is cordoned and ready is well; one that is cordoned and not ready is as sick as any, whoever cordoned it.</summary>
    internal static bool IsSick(Fact node, DateTimeOffset before) => node["ready"] != "true" && node.Since <= before;

    private static string? OfCluster(FactView view, IReadOnlyList<Fact> nodes, List<Storm> zones, StormPolicy policy, DateTimeOffset sickBefore)
    {
        var sick = nodes.Count(n => IsSick(n, sickBefore));
        if (policy.ClusterNodes.IsExceededBy(sick, nodes.Count))
        {
            return $"{sick} of {nodes.Count} nodes of the cluster are not ready";
        }

        if (zones.Count > 1)
        {
            return string.Join(", and ", zones.Select(z => z.Seen));
        }

        var workloads = Counted.GetValue(view.Named("workload"), Workloads);
        return policy.ClusterWorkloads.IsExceededBy(workloads.Sick, workloads.Total)
            ? $"{workloads.Sick} of {workloads.Total} workloads of the cluster crash or are not available"
            : null;
    }

    /// <summary>Jobs come and go and bare pods are nobody's measure; what is scaled to nothing cannot be sick.</summary>
    private static Count Workloads(IReadOnlyList<Fact> workloads)
    {
        var running = workloads.Where(w => w["workload_kind"] is "deployment" or "statefulset" or "daemonset" && Number(w["desired"]) > 0).ToList();
        return new(running.Count(w => Number(w["crashing_pods"]) > 0 || Number(w["available"]) == 0), running.Count);
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Count(int Sick, int Total);
}
