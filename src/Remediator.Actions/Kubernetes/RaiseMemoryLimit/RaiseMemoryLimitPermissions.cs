using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

internal static class RaiseMemoryLimitPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        .. WorkloadPermissions.ReadPods,
        new("apps", "deployments", "patch"),
        new("apps", "statefulsets", "patch"),
        new("apps", "daemonsets", "patch"),
        new("", "nodes", "get"),
        new("", "limitranges", "list"),
        new("", "resourcequotas", "list"),
    ];
}
