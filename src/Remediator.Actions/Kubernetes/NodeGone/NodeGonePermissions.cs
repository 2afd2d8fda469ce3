using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.NodeGone;

internal static class NodeGonePermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [new("", "nodes", "get")];
}
