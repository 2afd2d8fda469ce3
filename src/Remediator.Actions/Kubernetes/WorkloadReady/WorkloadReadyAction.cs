using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.WorkloadReady;

/// <summary>All replicas of the newest revision are there and ready, and no container is held back.</summary>
internal sealed class WorkloadReadyAction(WorkloadReader workloads) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.workload-ready",
        Class = ActionClass.Read,
        Input = typeof(WorkloadReadyInput),
        Summary = "All replicas are updated and ready, and none of their containers is waiting or restarting.",
        Kinds = ResourceKinds.RolledOut,
        Permissions = WorkloadReadyPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var workload = await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken);
        if (workload is null)
            return new(false, $"{request.Resource.Display} does not exist.");

        var pods = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => !p.IsTerminating() && !p.IsOver())
            .ToList();
        var fault = Fault(workload) ?? Fault(pods);
        return new(
            fault is null, fault ?? $"{workload.Ready} of {workload.Desired} ready, all of the newest revision", PodStability.Of(pods));
    }

    private static string? Fault(LiveWorkload w) => w switch
    {
        { Observed: false } => "the controller has not yet seen the newest specification",
        { Desired: 0 } => "it is scaled to 0",
        _ when w.Updated < w.DesiredUpdated => $"{w.Updated} of {w.DesiredUpdated} are of the newest revision",
        _ when w.Total > w.Desired => $"{w.Total - w.Desired} of an old revision remain",
        _ when w.Ready < w.Desired => $"{w.Ready} of {w.Desired} ready",
        _ => null,
    };

    private static string? Fault(IEnumerable<V1Pod> pods) =>
        (from pod in pods
         from container in pod.Containers()
         where container.Waiting().Length > 0
         select $"container {container.Name} of pod {pod.Metadata.Name} waits: {container.Waiting()}").FirstOrDefault();
}
