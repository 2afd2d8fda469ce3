using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// What no fact shows, and the evidence of an incident names as what its workload waits for: a server that its log complains of, a quota or
/// an admission of which no condition tells, a Secret or a ConfigMap that is mounted.
/// </summary>
internal static class NamedCauses
{
    public const string LookAtServer =
        "look at what serves it: whether it runs, whether its name is known, and whether the network lets them reach it";

    private const string OfServer = "server ";

    /// <summary>
    /// After its run began. The alerts of those that name the same come a little later, and each would be told alone.
    /// </summary>
    private static readonly TimeSpan OthersNameItWithin = TimeSpan.FromMinutes(2);

    public static bool IsServer(string key) => key.StartsWith(OfServer, StringComparison.Ordinal);

    public static string ServerWords(string key) => $"their logs name {key[OfServer.Length..]}, which does not serve them";

    /// <summary>Those of the rows whose workload is still in trouble.</summary>
    /// <param name="withOld">With those that have been open for days.</param>
    public static IEnumerable<SharedCauses.Wait> In(FactView view, IReadOnlyList<IncidentRow> waiting, bool withOld) =>
        from row in waiting
        where (withOld || row.OpenedAt > view.At.AddMinutes(-SharedCauses.Old)) && IsInTrouble(view, row.Resource)
        select new SharedCauses.Wait(Home(view, row), row.WaitsFor!, row.Resource);

    /// <summary>
    /// All that is sick is on one node, and on others the same runs: then it is the node that does not reach the server.
    /// </summary>
    public static bool IsOfOneNode(FactView view, IReadOnlyList<ResourceKey> victims)
    {
        var pods = victims.SelectMany(v => view.Of(v, "pod")).Where(p => p["node"].Length > 0 && IsThere(p)).ToList();
        var nodes = pods.Where(IsSick).Select(p => p["node"]).Distinct().ToList();
        return nodes is [var only] && pods.Exists(p => p["node"] != only);
    }

    /// <summary>What it may not be alone with, in words; null once that would have been seen, and where it has changed something.</summary>
    public static string? MayBeShared(World world, Incident incident) =>
        incident is { WaitsFor: { } key, Run: { ChangedAt: null } run }
            && world.Now < run.StartedAt + world.Settings.Scaled(OthersNameItWithin)
            ? $"it waits for {key}, and whether others do too shows within {OthersNameItWithin.TotalMinutes:0} min"
            : null;

    private static ResourceKey Home(FactView view, IncidentRow row)
    {
        var (cluster, key) = (row.Resource.Cluster, row.WaitsFor!);
        if (key.StartsWith(SharedCauses.OfWebhook, StringComparison.Ordinal))
            return Storms.Cluster(cluster);
        if (!IsServer(key))
            return Storms.Namespace(cluster, row.Resource.Namespace);
        // a service of a namespace is told there
        var space = Storms.Namespace(cluster, key[(key.LastIndexOf('.') + 1)..]);
        return view.Of(space, "workload").Length > 0 ? space : Storms.Cluster(cluster);
    }

    private static bool IsInTrouble(FactView view, ResourceKey workload) =>
        view.Of(workload, "pod").Any(p => IsThere(p) && IsSick(p))
            || view.Of(workload, "workload").Any(w => w["complete"] == "false")
            || view.Of(workload, "job").Any(j => j["status"] == "active" && j["has_pods"] == "false");

    private static bool IsThere(Fact pod) => pod["phase"] is not ("Succeeded" or "Failed") && pod["terminating"] != "true";

    private static bool IsSick(Fact pod) => pod["crashing"] == "true" || pod["ready"] != "true";
}
