using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.DeleteFailedPods;

internal static class DeleteFailedPodsPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. WorkloadPermissions.ReadPods, new("", "pods", "delete")];
}
