using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.DeleteFailedJobs;

internal static class DeleteFailedJobsPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. WorkloadPermissions.ReadPods, new("batch", "jobs", "delete")];
}
