using Remediator.Actions.Aws.Instances;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.RebootInstance;

internal static class RebootInstancePermissions
{
    public static IReadOnlyList<Permission> All { get; } =
    [
        .. InstancePermissions.Read,
        new AwsPermission("ec2:RebootInstances", InstancePermissions.Instances, InstancePermissions.Tag),
        new KubernetesPermission("", "nodes", "get", "patch"),
    ];
}
