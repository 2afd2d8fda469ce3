using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

internal static class RolloutUndoPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        new("apps", "deployments", "get", "patch"),
        new("apps", "daemonsets", "get", "patch"),
        new("apps", "replicasets", "list"),
        new("apps", "controllerrevisions", "list"),
        new("", "pods", "list"),
    ];
}
