using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.WorkloadReady;

internal static class WorkloadReadyPermissions
{
    /// <summary>Nodes and revisions are asked for of a DaemonSet some of whose pods are not ready.</summary>
    public static IReadOnlyList<KubernetesPermission> All { get; } =
        [.. WorkloadPermissions.ReadPods, new("", "nodes", "get"), new("apps", "controllerrevisions", "list")];
}
