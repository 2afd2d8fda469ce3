using Remediator.Actions.Aws.Instances;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.ReplaceInstance;

internal static class ReplaceInstancePermissions
{
    /// <summary>To know what would be lost with a machine, and whether another of its group is being replaced.</summary>
    public static IReadOnlyList<Permission> Doubts { get; } =
    [
        new AwsPermission("ec2:DescribeInstanceTypes"),
        new KubernetesPermission("", "nodes", "list"),
        new KubernetesPermission("", "persistentvolumes", "list"),
    ];

    public static IReadOnlyList<Permission> All { get; } =
    [
        .. InstancePermissions.Read,
        .. Doubts,
        new AwsPermission("autoscaling:DescribeScalingActivities"),
        new AwsPermission("autoscaling:SetDesiredCapacity", InstancePermissions.Groups, InstancePermissions.Tag),
        new AwsPermission("autoscaling:TerminateInstanceInAutoScalingGroup", InstancePermissions.Groups, InstancePermissions.Tag),
        new KubernetesPermission("", "nodes", "get", "patch"),
        new KubernetesPermission("", "pods", "list"),
    ];
}
