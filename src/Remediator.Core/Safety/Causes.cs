using Remediator.Core.Facts;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>What is wrong with the things that a resource depends on, in words.</summary>
/// <param name="IsKnown">It has an incident or an alert of its own, so that it is no secret.</param>
/// <param name="Now">What of it changes all the time.</param>
internal sealed record Cause(string Words, bool IsKnown, string Now = "");

/// <summary>
/// Looks for the cause of a resource's trouble outside of it: below everything first, then its node, its network, DNS, what it declares to
/// need, its registry.
/// </summary>
internal static class Causes
{
    private static readonly string[] OfEtcd = ["etcdNoLeader", "EtcdNoLeader", "etcdInsufficientMembers", "EtcdInsufficientMembers"];

    /// <summary>
    /// Alerts that say that the cluster itself is not to be trusted. Those that fire for ever on a managed control plane
    /// (KubeSchedulerDown, KubeControllerManagerDown) are not among them.
    /// </summary>
    private static readonly string[] Brakes = ["KubeAPIDown", "KubeletDown", .. OfEtcd];

    /// <summary>Jobs of the control plane's own etcd, as the usual installers call it. Applications bring an etcd of their own.</summary>
    private static readonly string[] EtcdJobs = ["", "etcd", "kube-etcd", "rke2-etcd", "k3s-etcd", "openshift-etcd", "etcd-operator"];

    public static Cause? Of(World world) =>
        ControlPlane(world) ?? (world.Scope.Named("workload") is [var workload, ..] ? OfWorkload(world, workload) : null);

    /// <summary>What people are told of once, at its namespace or the cluster, if that is what this workload waits for.</summary>
    public static SharedCause? Shared(World world)
    {
        if (world.Scope.Named("workload") is not [var workload, ..])
            return null;
        var key = !OwnFaults.Waiting(world.Scope.Named("container")) && Dns(world, workload) is not null ? "cluster DNS"
            : FailingRegistries.Of(world.View, world.Scope.Named("container")) is { } registry ? $"registry {registry.Name}"
            : null;
        return key is null ? SharedCauses.Of(world) : SharedCauses.Present(world).FirstOrDefault(c => c.Key == key);
    }

    private static Cause? OfWorkload(World world, Fact workload)
    {
        var pods = world.Scope.Named("pod");
        var waits = OwnFaults.Waiting(world.Scope.Named("container"));
        return OfNodes(world, pods) ?? (waits ? null : Dependency(world)) ?? OfOthersToo(world);
    }

    private static Cause? OfOthersToo(World world) =>
        Shared(world) is not { } shared ? null
        : SharedCauses.Told(world, shared) is { } told ? new($"{shared.Words} (incident {told.Id})", true)
        : new(shared.Words, false);

    private static Cause? ControlPlane(World world) =>
        !world.IsOutside
            && Brakes.FirstOrDefault(
                name => world.View.Named(name).Any(a => IsOfThisCluster(a, name, world.Resource.Cluster))) is { } brake
            ? new($"the cluster itself is in trouble: {brake} fires", true)
            : null;

    private static bool IsOfThisCluster(Fact alert, string name, string cluster) =>
        (alert["cluster"].Length == 0 || alert["cluster"] == cluster)
            && (alert["namespace"] is "" or "default"
                || alert["namespace"].StartsWith("kube-", StringComparison.Ordinal)
                || alert["namespace"].StartsWith("openshift-", StringComparison.Ordinal))
            && (!OfEtcd.Contains(name) || EtcdJobs.Contains(alert["job"]));

    /// <summary>Only where all sick pods that have a place are on sick nodes: one that is sick on a good node is sick by itself.</summary>
    private static Cause? OfNodes(World world, IReadOnlyList<Fact> pods)
    {
        var trouble = new Dictionary<string, Cause?>(StringComparer.Ordinal);
        Cause? On(string node) => trouble.TryGetValue(node, out var known) ? known : trouble[node] = NodeTrouble.Of(world, node);
        var sick = pods.Where(
            p => p["node"].Length > 0 && p["phase"] is not ("Succeeded" or "Failed") && (p["crashing"] == "true" || p["ready"] == "false"))
            .Where(p => p["terminating"] != "true" || On(p["node"]) is not null).ToList();
        if (sick.Count == 0 || sick.Exists(p => On(p["node"]) is null))
        {
            return null;
        }

        var nodes = sick.Select(p => p["node"]).Distinct().Order(StringComparer.Ordinal).ToList();
        var first = On(nodes[0])!;
        var which = sick.Count == 1 ? $"pod {sick[0]["pod"]}" : $"{sick.Count} pods";
        var where = nodes.Count > 1 ? $" on {nodes.Count} such nodes" : "";
        return new(
            $"its sick pods are on {first.Words}", first.IsKnown, $"{which}{where}{(first.Now.Length > 0 ? $", and {first.Now}" : "")}");
    }

    private static Fact? Dns(World world, Fact workload) =>
        workload["namespace"] == "kube-system" ? null : SharedCauses.FindDns(world.View, world.Resource.Cluster);

    private static Cause? Dependency(World world) =>
        world.Scope.Named("dependency").FirstOrDefault(d => d["ready"] == "false") is { } down
            ? new($"it declares a dependency on {down["on"]}, which is not ready", false)
            : null;
}
