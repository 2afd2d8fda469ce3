using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.NodeReady;

internal static class NodeReadyPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [new("", "nodes", "get")];
}
