using System.Globalization;
using System.Runtime.CompilerServices;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <param name="Scope">The zone, the namespace or the cluster, as a resource: the storm's one incident is opened there.</param>
/// <param name="Seen">In words: <c>4 of 6 nodes of zone a are not ready</c>.</param>
public sealed record Storm(ResourceKey Scope, string Seen)
{
    /// <summary>What people are told besides.</summary>
    public string Details { get; init; } = "";
}

/// <summary>Finds storms in what is true now. It counts levels, never alerts: twenty alerts of one node are one sick node.</summary>
public static class Storms
{
    /// <summary>The problem that a storm's incident has.</summary>
    public const string Problem = "storm";

    private static readonly ConditionalWeakTable<IReadOnlyList<Fact>, NodeCount> Counted = [];

    /// <summary>Jobs come and go and bare pods are nobody's measure; what is scaled to nothing cannot be sick.</summary>
    private static readonly FactFilter Running = new(
        "workload", "storm: running", new([], []), w =>
            ResourceKinds.Find(w["workload_kind"]) is { RollsOut: true } && Number(w["desired"]) > 0);

    private static readonly FactFilter Sick = new(
        "workload", "storm: sick", new([], []),
        w => Running.Holds(w) && !IsOld(w) && (Number(w["crashing_pods"]) > 0 || Number(w["available"]) == 0));

    private static readonly FactFilter RunningBySpace = Running with { Key = "storm: running there", By = new(["namespace"], []) };

    private static readonly FactFilter SickBySpace = new(
        "workload", "storm: sick there", new(["namespace"], []),
        w => Sick.Holds(w) && (Number(w["crashing_pods"]) > 0 || Number(w["sick_minutes"]) is not < Starting));

    /// <summary>
    /// Minutes. An application that is installed, or whose release replaces all of it at once, has nothing available for a while.
    /// </summary>
    private const int Starting = 5;

    /// <summary>What has been broken for a day is no part of what happens now.</summary>
    private static readonly TimeSpan OldAfter = TimeSpan.FromDays(1);

    public static ResourceKey Cluster(string cluster) => new(cluster, ResourceKinds.Cluster, "", cluster);

    public static ResourceKey Zone(string cluster, string zone) => new(cluster, ResourceKinds.Zone, "", zone);

    public static ResourceKey FileServer(string cluster, string server) => new(cluster, ResourceKinds.FileServer, "", server);

    public static ResourceKey Namespace(string cluster, string name) => new(cluster, ResourceKinds.Namespace, "", name);

    public static bool IsScope(ResourceKey resource) =>
        resource.Kind is ResourceKinds.Cluster or ResourceKinds.Zone or ResourceKinds.FileServer or ResourceKinds.Namespace
            && resource.Namespace.Length == 0;

    /// <summary>
    /// What concerns a resource, and every zone's and server's: the cluster's first; beside it those of zones and of the namespace are only
    /// parts of it.
    /// </summary>
    /// <param name="sickBefore">Nodes, and workloads of the namespace, that became sick later do not count.</param>
    public static IReadOnlyList<Storm> In(FactView view, StormPolicy policy, ResourceKey resource, DateTimeOffset sickBefore)
    {
        var cluster = resource.Cluster;
        var nodes = NodesOf(view);
        var zones = (from zone in nodes.Zones
                     let sick = zone.SickBefore(sickBefore)
                     where policy.ZoneNodes.IsExceededBy(sick, zone.Total)
                     select new Storm(Zone(cluster, zone.Name), $"{sick} of {zone.Total} nodes of zone {zone.Name} are not ready"))
                         .ToList();
        IReadOnlyList<Storm> parts =
        [
            .. zones,
            .. SickStorage.In(view, sickBefore).Select(s => new Storm(FileServer(cluster, s.Server), s.Seen) { Details = s.Details }),
            .. OfNamespace(view, policy, resource, sickBefore),
        ];
        return OfCluster(view, nodes.Cluster, zones, policy, sickBefore) is { } seen ? [new(Cluster(cluster), seen), .. parts] : parts;
    }

    private static NodeCount NodesOf(FactView view)
    {
        var (nodes, instances) = (view.Named("node"), view.Named("instance"));
        if (Counted.TryGetValue(nodes, out var counted) && ReferenceEquals(counted.Instances, instances))
        {
            return counted;
        }

        var off = SwitchedOff.In(view);
        counted = NodeCount.Of([.. nodes.Where(n => n["ready"] == "true" || !off.Contains(n["node"]))], instances);
        Counted.AddOrUpdate(nodes, counted);
        return counted;
    }

    /// <summary>Of its own namespace alone: what breaks in another one is nothing to it.</summary>
    private static IEnumerable<Storm> OfNamespace(
        FactView view, StormPolicy policy, ResourceKey resource, DateTimeOffset sickBefore)
    {
        var space = resource.Kind == ResourceKinds.Namespace ? resource.Name : resource.Namespace;
        if (space.Length == 0)
        {
            yield break;
        }

        var sick = SickBySpace.In(view, space).Count(w => Number(w["sick_minutes"]) is not { } m || view.At.AddMinutes(-m) <= sickBefore);
        var workloads = RunningBySpace.In(view, space).Length;
        if (policy.NamespaceWorkloads.IsExceededBy(sick, workloads))
        {
            yield return new(
                Namespace(resource.Cluster, space), $"{sick} of {workloads} workloads of namespace {space} crash or are not available");
        }
    }

    /// <summary>
    /// One that is cordoned and ready is well; one that is cordoned and not ready is as sick as any, whoever cordoned it.
    /// </summary>
    private static bool IsSick(Fact node) => node["ready"] != "true";

    private static string? OfCluster(FactView view, ZoneCount nodes, List<Storm> zones, StormPolicy policy, DateTimeOffset sickBefore)
    {
        var sick = nodes.SickBefore(sickBefore);
        if (policy.ClusterNodes.IsExceededBy(sick, nodes.Total))
        {
            return $"{sick} of {nodes.Total} nodes of the cluster are not ready";
        }

        if (zones.Count > 1)
        {
            return string.Join(", and ", zones.Select(z => z.Seen));
        }

        var (sickWorkloads, workloads) = (Sick.In(view).Length, Running.In(view).Length);
        return policy.ClusterWorkloads.IsExceededBy(sickWorkloads, workloads)
            ? $"{sickWorkloads} of {workloads} workloads of the cluster crash or are not available"
            : null;
    }

    private static bool IsOld(Fact workload) => Number(workload["sick_minutes"]) >= OldAfter.TotalMinutes;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Counted once for as long as no node and no instance changes. What is switched off is not counted.</summary>
    /// <param name="Zones">By name.</param>
    private sealed record NodeCount(ZoneCount Cluster, IReadOnlyList<ZoneCount> Zones, IReadOnlyList<Fact> Instances)
    {
        public static NodeCount Of(IReadOnlyList<Fact> nodes, IReadOnlyList<Fact> instances) => new(
            ZoneCount.Of("", nodes),
            [.. nodes.Where(n => n["zone"].Length > 0)
                .GroupBy(n => n["zone"])
                .OrderBy(z => z.Key, StringComparer.Ordinal)
                .Select(z => ZoneCount.Of(z.Key, [.. z]))],
            instances);
    }

    /// <param name="Sick">Since when, of each node that is.</param>
    private sealed record ZoneCount(string Name, int Total, IReadOnlyList<DateTimeOffset> Sick)
    {
        public static ZoneCount Of(string name, IReadOnlyList<Fact> nodes) =>
            new(name, nodes.Count, [.. nodes.Where(IsSick).Select(n => n.Since)]);

        public int SickBefore(DateTimeOffset before) => Sick.Count(since => since <= before);
    }
}
