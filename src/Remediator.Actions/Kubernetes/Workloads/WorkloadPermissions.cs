using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>What <see cref="WorkloadReader"/> needs.</summary>
internal static class WorkloadPermissions
{
    public static IReadOnlyList<KubernetesPermission> ReadWorkloads { get; } =
    [
        new("apps", "deployments", "get"),
        new("apps", "statefulsets", "get"),
        new("apps", "daemonsets", "get"),
    ];

    /// <summary>Pods are found by their workload's selector and by owner references.</summary>
    public static IReadOnlyList<KubernetesPermission> ReadPods { get; } =
    [
        .. ReadWorkloads,
        new("", "pods", "get", "list"),
        new("apps", "replicasets", "list"),
        new("batch", "jobs", "list"),
    ];
}
