using System.Net;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s.Models;
using k8s;

namespace Remediator.Actions.Kubernetes.EvictPod;

/// <summary>Evicts one pod through the Eviction API, so that disruption budgets hold.</summary>
internal sealed class EvictPodAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    private static readonly TimeSpan WaitForBudget = TimeSpan.FromSeconds(5);

    private readonly PodRemoval _pods = new(api, workloads);

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
        var eviction = new V1Eviction
        {
            ApiVersion = await VersionAsync(request, cancellationToken),
            Kind = "Eviction",
            Metadata = new() { Name = plan.Parameters["pod"], NamespaceProperty = plan.Parameters["namespace"] },
            DeleteOptions = PodRemoval.Options(plan),
        };
        while (true)
        {
            try
            {
                await api.WriteAsync($"evict {PodRemoval.Name(plan)}", request.NotAfter, (k, ct) =>
                    k.CoreV1.CreateNamespacedPodEvictionAsync(
                    eviction, plan.Parameters["pod"], plan.Parameters["namespace"], fieldManager: Marks.FieldManager,
                    cancellationToken: ct),
                    cancellationToken);
                return PodRemoval.Removed(plan, "evicted");
            }
            catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
            {
                return PodRemoval.Gone(plan);
            }
            catch (ActionFailedException e) when (e.Status() is HttpStatusCode.Conflict && e.Kind is FailureKind.Transient)
            {
                if (await _pods.FindAsync(plan, request.NotAfter, cancellationToken) is null)
                    return PodRemoval.Gone(plan);
                await WaitAsync(request, plan, e, cancellationToken);
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

    /// <summary>policy/v1 came with 1.22; before that evictions are policy/v1beta1. The server says which it takes.</summary>
    private async Task<string> VersionAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var resources = await api.ReadAsync(
            "ask which Eviction API there is", request.NotAfter, (k, ct) => k.CoreV1.GetAPIResourcesAsync(ct), cancellationToken);
        var eviction = resources.Resources.FirstOrDefault(r => r.Name == "pods/eviction")
            ?? throw new ActionFailedException(FailureKind.Permanent, "This API server has no Eviction API.");
        return eviction.Group is { Length: > 0 } group ? $"{group}/{eviction.Version}" : "policy/v1beta1";
    }

    private async Task WaitAsync(ActionRequest request, ActionPlan plan, ActionFailedException refusal, CancellationToken cancellationToken)
    {
        var wait = refusal.RetryAfter() ?? WaitForBudget * request.DurationScale;
        if (api.Time.GetUtcNow() + wait > request.NotAfter)
            throw new ActionFailedException(
                FailureKind.Transient, $"{PodRemoval.Name(plan)} may not be evicted now: {Why(refusal)}", refusal);
        await Task.Delay(wait, api.Time, cancellationToken);
    }

    private static string Why(ActionFailedException refusal)
    {
        var budget = refusal.StatusObject()?.Details?.Causes?.FirstOrDefault(c => c.Reason == "DisruptionBudget")?.Message;
        return budget is null ? refusal.Message : $"its disruption budget forbids it. {budget}";
    }
}
