using Remediator.Actions.Aws.Instances;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.StopStartInstance;

internal static class StopStartInstancePermissions
{
    public static IReadOnlyList<Permission> All { get; } =
    [
        .. InstancePermissions.Read,
        new AwsPermission("ec2:DescribeInstanceTypes"),
        new AwsPermission("ec2:StopInstances", InstancePermissions.Instances, InstancePermissions.Tag),
        new AwsPermission("ec2:StartInstances", InstancePermissions.Instances, InstancePermissions.Tag),
        new KubernetesPermission("", "nodes", "get", "patch"),
    ];
}
