using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What evicting and deleting one pod share: the plan with the pod's uid, and how to see afterwards whether it went.</summary>
internal sealed class PodRemoval(ClusterApi api, WorkloadReader workloads)
{
    private readonly PodTargets _targets = new(api, workloads);

    /// <param name="verb"><c>evict</c> or <c>delete</c>.</param>
    public async Task<PlanResult> PlanAsync(ActionRequest request, PodChoice choice, string verb, CancellationToken cancellationToken)
    {
        var (pod, refusal) = await _targets.ChooseAsync(request, choice, cancellationToken);
        if (pod is null)
            return PlanResult.Refused(refusal);

        var owner = pod.Controller()!;
        var restarts = string.Create(CultureInfo.InvariantCulture, $"{pod.Restarts()}");
        return PlanResult.Planned(new()
        {
            Summary = $"{verb} {PodTargets.Name(pod)} on {pod.Spec?.NodeName ?? "no node"}, which restarted {restarts} "
                + $"times; {owner.Kind} {owner.Name} makes a new one",
            // the uid is part of the change, so that the next pod of the same name is another change
            Changes = [new(
                PodTargets.Name(pod), "metadata.deletionTimestamp", $"none (uid {pod.Metadata.Uid})",
                "set, with the pod's own grace period")],
            Preconditions = new Dictionary<string, string> { ["uid"] = pod.Metadata.Uid },
            Parameters = new Dictionary<string, string> { ["namespace"] = pod.Metadata.NamespaceProperty, ["pod"] = pod.Metadata.Name },
        });
    }

    /// <summary>The planned pod as it is now; null where it is gone or another pod has its name.</summary>
    public async Task<V1Pod?> FindAsync(ActionPlan plan, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await api.ReadAsync($"read {Name(plan)}", notAfter, (k, ct) =>
                k.CoreV1.ReadNamespacedPodAsync(plan.Parameters["pod"], plan.Parameters["namespace"], cancellationToken: ct),
                cancellationToken);
            return pod.Metadata.Uid == plan.Preconditions["uid"] ? pod : null;
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Another pod of its name, as a StatefulSet makes it, is not the target: the one that was to go is gone.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await FindAsync(plan, request.NotAfter, cancellationToken) is { } pod
            ? new Dictionary<string, string> { ["uid"] = pod.Metadata.Uid }
            : null;

    /// <summary>Looks whenever it is asked: a probe after a crash comes after the step's time.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionPlan plan, CancellationToken cancellationToken) =>
        await FindAsync(plan, DateTimeOffset.MaxValue, cancellationToken) switch
        {
            null => new(ProbeAnswer.Happened, $"{Name(plan)} is gone."),
            { } pod when pod.IsTerminating() => new(ProbeAnswer.Happened, $"{Name(plan)} is going away."),
            _ => new(ProbeAnswer.DidNotHappen, $"{Name(plan)} still exists, and nobody has asked for its removal."),
        };

    public static string Name(ActionPlan plan) => $"pod {plan.Parameters["namespace"]}/{plan.Parameters["pod"]}";

    public static ActionOutcome Gone(ActionPlan plan) => new($"{Name(plan)} was gone already.");

    public static ActionOutcome Removed(ActionPlan plan, string verb) => new($"{Name(plan)} was {verb}.") { Changes = plan.Changes };

    public static V1DeleteOptions Options(ActionPlan plan) => new() { Preconditions = new() { Uid = plan.Preconditions["uid"] } };
}
