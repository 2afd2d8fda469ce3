using System.Globalization;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using k8s;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.DeleteFailedPods;

/// <summary>
/// Deletes the pods of a Deployment that their nodes have ended, once it has all its pods again. Nothing that runs is touched: a failed pod
/// never runs again.
/// </summary>
internal sealed class DeleteFailedPodsAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    /// <summary>Of one run: a journal entry names all of them.</summary>
    private const int Most = 100;

    private const string Uid = "uid";

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.delete-failed-pods",
        Class = ActionClass.Mild,
        Input = typeof(DeleteFailedPodsInput),
        Summary = "Deletes the failed pods of a deployment that has all its pods, if their nodes ended them; keeps the newest.",
        Kinds = [ResourceKinds.Deployment],
        Deadline = TimeSpan.FromMinutes(3),
        Permissions = DeleteFailedPodsPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        if (workload.RollingOut || workload.Desired == 0 || workload.Ready < workload.Desired)
            return PlanResult.Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"{workload.Display} does not have all its pods: {workload.Ready} of {workload.Desired} are ready."));

        var known = request.Facts.Named("pod").Where(f => f["ended_by_node"] == "true").Select(f => f[Uid]).ToHashSet();
        var ended = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => IsLeftover(p) && known.Contains(p.Metadata.Uid))
            .OrderByDescending(p => p.Metadata.CreationTimestamp)
            .ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        var keep = ((DeleteFailedPodsInput)request.Input).Keep;
        var going = ended.Skip(keep).TakeLast(Most).ToList();
        if (going.Count == 0)
            return PlanResult.Refused(
                $"{workload.Display} has {Plural.Of(ended.Count, "failed pod")} that its nodes ended, and {keep} "
                    + $"{Plural.Are(keep)} kept.");

        var reasons = going.GroupBy(p => p.Status.Reason, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .Select(g => $"{g.Key} {g.Count()}");
        return PlanResult.Planned(new()
        {
            Summary = $"delete {Plural.Of(going.Count, "failed pod")} of {workload.Display} that "
                + $"{(going.Count == 1 ? "its node" : "their nodes")} ended ({string.Join(", ", reasons)}); the newest {keep} "
                + $"{Plural.Are(keep)} kept",
            Changes = [
                new($"pods of {workload.Display}", "failed", string.Join(", ", going.Select(p => p.Metadata.Name)), "(deleted)")],
            Preconditions = new Dictionary<string, string> { [Uid] = workload.Uid },
            Parameters = going.ToDictionary(p => p.Metadata.Name, p => p.Metadata.Uid, StringComparer.Ordinal),
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        foreach (var (name, uid) in plan.Parameters)
            await api.DeleteIfThereAsync($"pod {request.Resource.Namespace}/{name}", uid, request.NotAfter, (k, options, ct) =>
                k.CoreV1.DeleteNamespacedPodAsync(name, request.Resource.Namespace, options, cancellationToken: ct), cancellationToken);
        return new($"{Plural.Of(plan.Parameters.Count, "failed pod")} of {request.Resource.Display} "
            + $"{(plan.Parameters.Count == 1 ? "was" : "were")} deleted.") { Changes = plan.Changes };
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken) is { } workload
            ? new Dictionary<string, string> { [Uid] = workload.Uid }
            : null;

    /// <summary>Some of them may be gone: those that are left can be deleted again, each by its uid.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var uids = plan.Parameters.Values.ToHashSet(StringComparer.Ordinal);
        var left = (await workloads.PodsAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken))
            .Count(p => uids.Contains(p.Metadata.Uid) && !p.IsTerminating());
        return left == 0
            ? new(ProbeAnswer.Happened, $"All {uids.Count} are gone.")
            : new(ProbeAnswer.DidNotHappen, $"{left} of {uids.Count} still exist.");
    }

    /// <summary>One with a finalizer would only hang in Terminating: somebody still wants it.</summary>
    private static bool IsLeftover(V1Pod pod) =>
        PodEnds.IsByNode(pod.Status?.Phase, pod.Status?.Reason, pod.Status?.Message)
            && !pod.IsTerminating()
            && pod.Metadata.Finalizers is null or { Count: 0 };
}
