using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Reboot;

/// <summary>Why a machine is not restarted: where somebody is at work on it, or something would be lost.</summary>
internal static class MachineDoubt
{
    /// <summary>The field of a fact <c>evidence</c> that names the start of the machine of which something was kept.</summary>
    public const string KeptOf = "machine_kept";

    private const int MostNamed = 5;

    /// <returns>Null where nothing is in the way.</returns>
    public static string? Of(MachineState machine, ActionRequest request) => machine switch
    {
        { System: "" } => "systemd does not say what state it is in",
        { System: not ("running" or "degraded") and var state } => $"systemd says that it is {state}",
        { IsScheduled: true } => "somebody has scheduled a shutdown of it",
        { People.Count: > 0 } => $"people are logged in to it: {string.Join(", ", machine.People.Take(MostNamed))}",
        { Inhibitors.Count: > 0 } => $"a program on it blocks shutdowns: {string.Join("; ", machine.Inhibitors.Take(MostNamed))}",
        _ when !request.Facts.Named("evidence").Any(e => e[KeptOf] == machine.BootId) =>
            "nothing of this start of it was kept elsewhere, and a restart takes what could tell the cause "
                + "(evidence: host.describe-machine)",
        _ => OfNode(request),
    };

    private static string? OfNode(ActionRequest request)
    {
        if (request.Resource.Kind != ResourceKinds.Node) return null;
        if (request.Facts.Named("node").Any(n => n["node"] == request.Resource.Name && n["role"] == "control-plane"))
            return "it is of the control plane; that is restarted by people";
        return PodsAtWork.Doubt(request);
    }
}
