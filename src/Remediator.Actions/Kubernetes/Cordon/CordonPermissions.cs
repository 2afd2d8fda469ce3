using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Cordon;

internal static class CordonPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [new("", "nodes", "get", "patch")];
}
