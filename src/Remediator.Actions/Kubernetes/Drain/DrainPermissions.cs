using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Drain;

internal static class DrainPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        new("", "nodes", "get", "patch"),
        .. EvictPodPermissions.All,
        new("apps", "daemonsets", "list"),
        new("", "events", "list"),
        new("", "persistentvolumeclaims", "get"),
        new("storage.k8s.io", "volumeattachments", "list"),
    ];
}
