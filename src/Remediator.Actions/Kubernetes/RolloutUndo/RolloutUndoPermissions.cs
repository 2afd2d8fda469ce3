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
        // whether what the earlier template names is still there; of Secrets that is not looked up, since it takes the right to read them
        new("", "configmaps", "get"),
        new("", "serviceaccounts", "get"),
        new("", "persistentvolumeclaims", "get"),
    ];
}
