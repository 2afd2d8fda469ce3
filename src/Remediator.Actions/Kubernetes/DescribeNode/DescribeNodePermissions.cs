using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.DescribeNode;

internal static class DescribeNodePermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [new("", "nodes", "get")];
}
