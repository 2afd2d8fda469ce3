using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>What is wrong with one node, as its pods see it.</summary>
internal static class NodeTrouble
{
    /// <summary>DaemonSets that are the network of their node; found by name, in whatever namespace the installer put them.</summary>
    private static readonly HashSet<string> Networks = new(StringComparer.Ordinal)
        {
            "aws-node",
            "antrea-agent",
            "calico-node",
            "canal",
            "cilium",
            "kindnet",
            "kube-flannel",
            "kube-flannel-ds",
            "kube-proxy",
            "kube-router",
            "weave-net" };

    private static readonly string[] Pressures = ["memory_pressure", "disk_pressure", "pid_pressure"];

    private static readonly FactFilter SickNetworks = new("pod", "sick networks", new(["node"], []), IsSickNetwork);

    /// <returns>In words that follow "its pod is on"; null where the node is well.</returns>
    public static Cause? Of(World world, string name)
    {
        var open = world.Open.FirstOrDefault(
            i => i.Resource.Kind == ResourceKinds.Node && i.Resource.Name == name
                && i.KnownStatus is not (IncidentStatus.Unhandled or IncidentStatus.Suppressed));
        var of = open is null ? "" : $" (incident {open.Id})";
        if (world.View.Of(new(world.Resource.Cluster, ResourceKinds.Node, "", name), "node") is not [var node, ..])
        {
            return new($"node {name}, which is no longer in the cluster{of}", open is not null);
        }

        if (node["ready"] != "true")
        {
            return new($"node {name}, which is not ready{of}", open is not null);
        }

        if (Pressures.FirstOrDefault(p => node[p] == "true") is { } pressure)
        {
            return new($"node {name}, which is under {pressure.Replace('_', ' ')}{of}", open is not null);
        }

        if (open is not null)
        {
            return new($"node {name}, which has an incident of its own: {open.Problem}{of}", true, $"that incident is {open.Status}");
        }

        return SickNetworks.In(world.View, name) is [var pod, ..] && pod["workload"] != world.Resource.Name
            ? new(
                $"node {name}, whose network does not work",
                false,
                $"pod {pod["namespace"]}/{pod["pod"]} is {(pod["crashing"] == "true" ? "crashing" : "not ready")}")
            : null;
    }

    private static bool IsSickNetwork(Fact pod) =>
        pod["workload_kind"] == ResourceKinds.DaemonSet
            && Networks.Contains(pod["workload"])
            && pod["terminating"] != "true"
            && (pod["crashing"] == "true" || pod["ready"] == "false");
}
