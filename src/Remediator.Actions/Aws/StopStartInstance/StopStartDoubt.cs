using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Aws.StopStartInstance;

/// <summary>Why a machine is not to be stopped and started now.</summary>
internal static class StopStartDoubt
{
    /// <returns>Null where nothing speaks against it.</returns>
    public static string? Of(NodeInstance found) =>
        (OtherHands.On(found.Node) ?? found.Interruption) is { } hands ? hands
        : found.Node.Ready()?.Status == "True" ? "it is ready"
        : found.BootId.Length == 0
            ? "its kubelet has never said which start of the machine it runs on, so that another one could not be proven"
        : found.NotRunning is { } state ? state
        : OfGroup(found) is { } group ? group
        : StopStartMark.On(found.Node) is var mark && mark.BootId == found.BootId
            ? $"the action {mark.ActionId} has asked for that already since it last started"
        : null;

    /// <summary>One that is stopped is unhealthy to its group.</summary>
    private static string? OfGroup(NodeInstance found)
    {
        if (found.Member is not { } member)
            return null;
        var name = $"its Auto Scaling group {member.AutoScalingGroupName}";
        return found.Transition is { Length: > 0 } lifecycle ? $"{name} has instance {found.InstanceId} in {lifecycle}"
            : found.Group is null ? $"nothing is known of {name}"
            : member.LifecycleState is not "Standby"
                ? $"{name} would replace instance {found.InstanceId} while it is stopped; it has to be in Standby first "
                    + "(aws.enter-standby)"
            : StandbyMark.On(found.Node).Length == 0 ? $"somebody has put instance {found.InstanceId} in Standby"
            : null;
    }
}
