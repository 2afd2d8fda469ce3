using System.Net;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.EvictPod;

/// <summary>Evicts one pod through the Eviction API, so that disruption budgets hold.</summary>
internal sealed class EvictPodAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    private static readonly TimeSpan WaitForBudget = TimeSpan.FromSeconds(5);

    private readonly PodRemoval _pods = new(api, workloads);
    private readonly EvictionApi _evictions = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.evict-pod",
        Class = ActionClass.Mild,
        Disrupts = Disrupts.OnePod,
        Input = typeof(EvictPodInput),
        Summary = "Evicts the one pod of a workload that is in the worst state; respects disruption budgets, and waits for them.",
        Kinds = ResourceKinds.Replacing,
        Deadline = TimeSpan.FromMinutes(3),
        Permissions = EvictPodPermissions.All,
    };

    public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken) =>
        _pods.PlanAsync(request, ((EvictPodInput)request.Input).Which, "evict", cancellationToken);

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var version = await _evictions.VersionAsync(request.NotAfter, cancellationToken);
        while (true)
        {
            try
            {
                await _evictions.EvictAsync(
                    version, plan.Parameters["namespace"], plan.Parameters["pod"], PodRemoval.Options(plan), dryRun: false,
                    request.NotAfter, cancellationToken);
                return PodRemoval.Removed(plan, "evicted");
            }
            catch (ActionFailedException e) when (
                e.Status() is HttpStatusCode.NotFound || (e.Status() is HttpStatusCode.Conflict && e.Kind is FailureKind.Transient))
            {
                // what is not found may be its disruption budget, deleted meanwhile
                if (await _pods.FindAsync(plan, request.NotAfter, cancellationToken) is null)
                    return PodRemoval.Gone(plan);
                await WaitAsync(request, plan, e, cancellationToken);
            }
            catch (ActionFailedException e) when (EvictionApi.HasSeveralBudgets(e))
            {
                throw new ActionFailedException(
                    FailureKind.Permanent, $"{PodRemoval.Name(plan)} was not evicted: {EvictionApi.Why(e)}", e);
            }
            catch (ActionFailedException e) when (e.Status() is HttpStatusCode.TooManyRequests)
            {
                await WaitAsync(request, plan, e, cancellationToken);
            }
        }
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.IdentifyAsync(request, plan, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.ProbeAsync(plan, cancellationToken);

    private async Task WaitAsync(ActionRequest request, ActionPlan plan, ActionFailedException refusal, CancellationToken cancellationToken)
    {
        var wait = refusal.RetryAfter() ?? WaitForBudget * request.DurationScale;
        if (api.Time.GetUtcNow() + wait > request.NotAfter)
            throw new ActionFailedException(
                FailureKind.Transient, $"{PodRemoval.Name(plan)} may not be evicted now: {EvictionApi.Why(refusal)}", refusal);
        await Task.Delay(wait, api.Time, cancellationToken);
    }
}
