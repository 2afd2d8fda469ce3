using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Logs;

internal static class LogsPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. WorkloadPermissions.ReadPods, new("", "pods/log", "get")];
}
