using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes;

/// <summary>All that this engine can do to a cluster.</summary>
internal static class KubernetesActions
{
    public static IReadOnlyList<IAction> All(ClusterApi api)
    {
        var workloads = new WorkloadReader(api);
        return
        [
            new LogsAction(api, workloads),
            new EvictPodAction(api, workloads),
            new WorkloadReadyAction(workloads),
        ];
    }
}
