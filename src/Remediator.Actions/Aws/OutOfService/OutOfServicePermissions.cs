using Remediator.Actions.Aws.Instances;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.OutOfService;

internal static class OutOfServicePermissions
{
    public static IReadOnlyList<Permission> All { get; } =
        [.. InstancePermissions.Read, new KubernetesPermission("", "nodes", "get", "patch")];
}
