using Remediator.Core.Facts;

namespace Remediator.Core.Safety;

/// <summary>
/// Nodes whose machine is meant to be off: the reserve of a warm pool, and what somebody has stopped. Such a node stays in the cluster, and
/// is not ready for as long as the machine is off: nobody's fault (kubernetes/kops #16871). What EC2 itself stopped is a fault, and what we
/// have stopped, to move it, is to be started by us.
/// </summary>
internal static class SwitchedOff
{
    /// <summary>Codes of EC2's <c>StateReason</c>: from outside, or from within the machine.</summary>
    private static readonly string[] Meant =
        ["Client.UserInitiatedShutdown", "Client.UserInitiatedHibernate", "Client.InstanceInitiatedShutdown"];

    private static readonly FactFilter Instances =
        new("instance", "seen", new(["node"], []), i => i["instance_id"].Length + i["state"].Length > 0);

    private static readonly FactFilter Nodes = new("node", "switched off", new([], []), n => n["switched_off"] == "true");

    private static readonly FactFilter Moving = new("node", "moving", new(["node"], []), n => n["moving"] == "true");

    /// <summary>The names of all nodes that are.</summary>
    public static IReadOnlySet<string> In(FactView view) =>
        view.Named("instance").Where(i => Why(i) is not null)
            .Concat(Nodes.In(view).Where(n => Instances.In(view, n["node"]).Length == 0))
            .Select(f => f["node"])
            .Where(n => Moving.In(view, n).Length == 0)
            .ToHashSet(StringComparer.Ordinal);

    /// <returns>What is meant; null where it is meant to run. The taint says only that the machine is off, and EC2 why.</returns>
    public static string? Why(FactView view, Fact node) =>
        node["ready"] == "true" || node["moving"] == "true" ? null
        : Instances.In(view, node["node"]) is [var instance, ..] ? Why(instance)
        : node["switched_off"] == "true" ? "its cloud says that the machine is shut down"
        : null;

    private static string? Why(Fact instance) => instance switch
    {
        _ when instance["lifecycle"].StartsWith("Warmed:", StringComparison.Ordinal) =>
            $"instance {instance["instance_id"]} is in the warm pool of group {instance["group"]} ({instance["lifecycle"]})",
        // what is stopped in Standby may be ours
        _ when instance["state"] is "stopped" or "stopping" && instance["lifecycle"] != "Standby"
            && Meant.Contains(instance["state_reason"]) =>
            $"instance {instance["instance_id"]} is {instance["state"]} ({instance["state_reason"]})",
        _ => null,
    };
}
