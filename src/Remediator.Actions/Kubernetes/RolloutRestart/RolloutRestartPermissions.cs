using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RolloutRestart;

internal static class RolloutRestartPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        .. WorkloadPermissions.ReadWorkloads,
        new("apps", "deployments", "patch"),
        new("apps", "statefulsets", "patch"),
        new("apps", "daemonsets", "patch"),
    ];
}
