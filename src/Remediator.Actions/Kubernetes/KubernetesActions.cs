using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.ClaimReady;
using Remediator.Actions.Kubernetes.Cordon;
using Remediator.Actions.Kubernetes.DeleteFailedJobs;
using Remediator.Actions.Kubernetes.DeleteFailedPods;
using Remediator.Actions.Kubernetes.DeletePod;
using Remediator.Actions.Kubernetes.Describe;
using Remediator.Actions.Kubernetes.DescribeClaim;
using Remediator.Actions.Kubernetes.DescribeNode;
using Remediator.Actions.Kubernetes.Drain;
using Remediator.Actions.Kubernetes.Events;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.GrowVolumeClaim;
using Remediator.Actions.Kubernetes.JobsSucceeded;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.NodeGone;
using Remediator.Actions.Kubernetes.NodeReady;
using Remediator.Actions.Kubernetes.PodReady;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Kubernetes.RolloutRestart;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Kubernetes;

/// <summary>All that this engine can do to a cluster.</summary>
internal static class KubernetesActions
{
    public static IReadOnlyList<IAction> All(ActionPorts ports) => All(new ClusterApi(ports.Cluster, ports.Time), ports.Policy);

    public static IReadOnlyList<IAction> All(ClusterApi api, Func<Policy> policy)
    {
        var workloads = new WorkloadReader(api);
        return
        [
            new LogsAction(api, workloads),
            new EventsAction(api, workloads),
            new DescribeAction(api, workloads),
            new EvictPodAction(api, workloads),
            new DeletePodAction(api, workloads),
            new DeleteFailedPodsAction(api, workloads),
            new DeleteFailedJobsAction(api, workloads),
            new JobsSucceededAction(api),
            new RolloutRestartAction(api, workloads),
            new RolloutUndoAction(api, workloads),
            new RaiseMemoryLimitAction(api, workloads),
            new GrowVolumeClaimAction(api, policy),
            new DescribeClaimAction(api),
            new ClaimReadyAction(api),
            new WorkloadReadyAction(api, workloads),
            new PodReadyAction(api, workloads),
            new DescribeNodeAction(api),
            new CordonAction(api),
            new DrainAction(api),
            new NodeGoneAction(api),
            new NodeReadyAction(api),
        ];
    }
}
