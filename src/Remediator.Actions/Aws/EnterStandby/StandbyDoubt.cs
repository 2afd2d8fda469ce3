using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Language;

namespace Remediator.Actions.Aws.EnterStandby;

/// <summary>Why an instance is not to be taken out of its group for a while.</summary>
internal static class StandbyDoubt
{
    /// <returns>Null where nothing speaks against it.</returns>
    public static string? Of(NodeInstance found, StandbyCapacity capacity)
    {
        if (found.NotRunning is { } state)
            return state;
        if (found.Member is not { } member)
            return $"instance {found.InstanceId} belongs to no Auto Scaling group";
        if (found.Group is not { } group)
            return $"nothing is known of its Auto Scaling group {member.AutoScalingGroupName}";
        if ((OtherHands.On(found.Node) ?? found.Interruption) is { } hands)
            return hands;
        if (member.LifecycleState is not "InService")
            return $"its Auto Scaling group {group.AutoScalingGroupName} has instance {found.InstanceId} in {member.LifecycleState}";
        if (!member.HealthStatus.Equals("Healthy", StringComparison.OrdinalIgnoreCase))
            return $"its Auto Scaling group {group.AutoScalingGroupName} takes instance {found.InstanceId} for {member.HealthStatus} and "
                + "is about to replace it";
        if (group.Status.Length > 0)
            return $"its Auto Scaling group {group.AutoScalingGroupName} is being deleted ({group.Status})";
        if (group.Surplus is { } surplus)
            return surplus;
        if (capacity is StandbyCapacity.Keep)
            return group.DesiredCapacity < group.MaxSize
                ? null
                : $"its Auto Scaling group {group.AutoScalingGroupName} wants its maximum of {group.MaxSize}, and would have one more "
                    + "than that";
        if (group.DesiredCapacity - 1 < group.MinSize)
            return $"its Auto Scaling group {group.AutoScalingGroupName} is at its minimum of {group.MinSize}, and an instance in Standby "
                + "is not counted";
        if (!group.Instances.Any(i => i.LifecycleState is "InService" && i.InstanceId != found.InstanceId))
            return $"its Auto Scaling group {group.AutoScalingGroupName} has no other instance in service";
        // Standby takes it out of its load balancers, and this process is what brings it back to them
        if (group.SuspendedProcesses.Contains("AddToLoadBalancer"))
            return $"somebody has suspended AddToLoadBalancer of Auto Scaling group {group.AutoScalingGroupName}, and in service again it "
                + "would get no work";
        return Unbalanced(found, member.AvailabilityZone);
    }

    /// <summary>
    /// A zone with none in service makes the group launch one there and end another, healthy one elsewhere (Auto Scaling User Guide,
    /// "Rebalancing activities").
    /// </summary>
    private static string? Unbalanced(NodeInstance found, string zone)
    {
        var group = found.Group!;
        if (group.SuspendedProcesses.Contains("AZRebalance"))
            return null;
        int InService(string z) => group.Instances.Count(
            i => i.AvailabilityZone == z && i.LifecycleState == "InService" && i.InstanceId != found.InstanceId);
        var fullest = group.AvailabilityZones.Where(z => z != zone).Select(InService).DefaultIfEmpty(0).Max();
        return fullest - InService(zone) > 1
            ? $"without it zone {zone} would have {Plural.Of(InService(zone), "instance")} of Auto Scaling group "
                + $"{group.AutoScalingGroupName} in service and another zone {fullest}, so that the group would end a healthy one there to "
                + "balance them"
            : null;
    }
}
