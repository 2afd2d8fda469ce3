using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.PodReady;

internal static class PodReadyPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = WorkloadPermissions.ReadPods;
}
