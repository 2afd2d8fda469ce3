using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Describe;

internal static class DescribePermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        .. WorkloadPermissions.ReadPods,
        new("apps", "controllerrevisions", "list"),
    ];
}
