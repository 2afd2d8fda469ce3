using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.EnterStandby;

internal static class EnterStandbyPermissions
{
    public static IReadOnlyList<Permission> All { get; } =
    [
        .. InstancePermissions.Read,
        .. ReplaceInstancePermissions.Doubts,
        new AwsPermission("autoscaling:DescribeScalingActivities"),
        new AwsPermission("autoscaling:EnterStandby", InstancePermissions.Groups, InstancePermissions.Tag),
        new AwsPermission("autoscaling:ExitStandby", InstancePermissions.Groups, InstancePermissions.Tag),
        new KubernetesPermission("", "nodes", "get", "patch"),
    ];
}
