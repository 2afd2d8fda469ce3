using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.StopStartInstance;

/// <summary>Why a machine is not to be stopped and started again. It then runs on other hardware, with the same volumes on EBS.</summary>
internal static class StopStartDoubt
{
    /// <summary>Whether other hardware would help at all, and nothing is lost with this one: what no other step changes.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    public static async Task<string?> OfMachineAsync(
        NodeInstance found, InstanceReader instances, ActionRequest request, CancellationToken cancellationToken)
    {
        var (id, instance) = (found.InstanceId, found.Instance);
        if (found.BadHardware is null)
            return $"nothing says that the hardware under instance {id} is bad";
        if (found.IsSpot)
            return $"instance {id} is a spot instance, which EC2 may not start again";
        if (instance.RootDeviceType?.Value != "ebs")
            return $"the root of instance {id} is on no EBS volume, and would be lost";
        if (instance.Placement?.Tenancy?.Value == "host")
            return $"instance {id} belongs to a dedicated host, and may start on the same one";
        return found.Policy is not { LosesLocalData: true } && await instances.HasInstanceStoreAsync(found, request, cancellationToken)
            ? $"instances of type {instance.InstanceType} have an instance store, which is lost when they stop, unless the policy says "
                + "local_data: lost for its group"
            : null;
    }

    /// <summary>As things are now.</summary>
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
