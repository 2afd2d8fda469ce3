using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.JobsSucceeded;

internal static class JobsSucceededPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [new("batch", "jobs", "list")];
}
