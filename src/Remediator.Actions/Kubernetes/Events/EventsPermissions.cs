using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Events;

internal static class EventsPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. WorkloadPermissions.ReadPods, new("", "events", "list")];
}
