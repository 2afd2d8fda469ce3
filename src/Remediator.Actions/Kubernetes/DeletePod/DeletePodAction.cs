using System.Net;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s;

namespace Remediator.Actions.Kubernetes.DeletePod;

/// <summary>Deletes one pod, past its disruption budget, with the pod's own grace period: never at once.</summary>
internal sealed class DeletePodAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    private readonly PodRemoval _pods = new(api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.delete-pod",
        Class = ActionClass.Strong,
        Disrupts = Disrupts.OnePod,
        Input = typeof(DeletePodInput),
        Summary = "Deletes the one pod of a workload that is in the worst state, regardless of its disruption budget.",
        Kinds = ResourceKinds.Replacing,
        Permissions = DeletePodPermissions.All,
    };

    public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken) =>
        _pods.PlanAsync(request, ((DeletePodInput)request.Input).Which, "delete", cancellationToken);

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            await api.WriteAsync($"delete {PodRemoval.Name(plan)}", request.NotAfter, (k, ct) => k.CoreV1.DeleteNamespacedPodAsync(
                plan.Parameters["pod"], plan.Parameters["namespace"], PodRemoval.Options(plan), cancellationToken: ct), cancellationToken);
            return PodRemoval.Removed(plan, "deleted");
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return PodRemoval.Gone(plan);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.Conflict)
        {
            if (await _pods.FindAsync(plan, request.NotAfter, cancellationToken) is null)
                return PodRemoval.Gone(plan);
            throw;
        }
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.IdentifyAsync(request, plan, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.ProbeAsync(plan, cancellationToken);
}
