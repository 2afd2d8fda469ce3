using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.RebootInstance;

/// <summary>Why a machine is not to be rebooted.</summary>
internal static class RebootDoubt
{
    /// <summary>What was decided on says that nothing is lost with this start of the machine.</summary>
    /// <returns>Null where it does.</returns>
    /// <param name="what">That takes the machine, or this start of it.</param>
    public static string? ByFacts(NodeInstance found, ActionRequest request, string what)
    {
        if (found.Node.IsOfControlPlane() || request.Facts.Named("node").Any(
            n => n["node"] == request.Resource.Name && n["role"] == "control-plane"))
            return "it is of the control plane, which is for people";
        if (!request.Facts.Named("evidence").Any(e => e["console_kept"] == found.InstanceId))
            return $"nothing of it was kept elsewhere, and {what} takes what could tell the cause (evidence: aws.console-output)";
        return PodsAtWork.Doubt(request);
    }

    /// <returns>Null where nothing speaks against it.</returns>
    public static string? Of(NodeInstance found) =>
        (OtherHands.On(found.Node) ?? found.Interruption) is { } hands ? hands
        : found.Node.Ready()?.Status == "True" ? "it is ready"
        : found.BootId.Length == 0
            ? "its kubelet has never said which start of the machine it runs on, so that a reboot could not be proven"
        : found.NotRunning is { } state ? state
        // a reboot stays on the same hardware
        : found.End is { } end ? $"EC2 has announced {end} for instance {found.InstanceId}, which a reboot does not help"
        : found.Transition is { Length: > 0 } lifecycle
            ? $"its Auto Scaling group {found.Member!.AutoScalingGroupName} has instance {found.InstanceId} in {lifecycle}"
        : found.Member is not null && found.Group is null
            ? $"nothing is known of its Auto Scaling group {found.Member.AutoScalingGroupName}"
        : found.IsReplacedWhenUnhealthy
            ? $"its Auto Scaling group {found.Member!.AutoScalingGroupName} would replace instance {found.InstanceId} if it looked "
                + "unhealthy while it starts; it has to be in Standby first (aws.enter-standby)"
        : null;
}
