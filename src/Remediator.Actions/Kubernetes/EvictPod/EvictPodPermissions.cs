using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.EvictPod;

internal static class EvictPodPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. WorkloadPermissions.ReadPods, new("", "pods/eviction", "create")];
}
