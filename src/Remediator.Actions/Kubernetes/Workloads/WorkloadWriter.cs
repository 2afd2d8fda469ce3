using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using k8s;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>Changes a workload exactly as planned, or not at all.</summary>
internal sealed class WorkloadWriter(ClusterApi api, WorkloadReader workloads)
{
    /// <summary>A scaler seldom changes the replicas twice between a look and the write after it.</summary>
    private const int MostWrites = 3;

    /// <summary>What has to be true when a plan is carried out.</summary>
    public static Dictionary<string, string> Preconditions(LiveWorkload seen) => new()
    {
        ["uid"] = seen.Uid,
        ["generation"] = seen.Generation.ToString(CultureInfo.InvariantCulture),
    };

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(ActionRequest request, CancellationToken cancellationToken) =>
        await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken) is { } workload
            ? new Dictionary<string, string> { ["uid"] = workload.Uid }
            : null;

    /// <summary>
    /// The planned workload as it is now, for a change that has not been made yet; null where this action id has changed it already.
    /// </summary>
    /// <param name="isAsPlanned">
    /// Whether what the plan is about is as it was, although its specification has changed, as by a scaler. Null where nothing may have
    /// changed.
    /// </param>
    public async Task<LiveWorkload?> PlannedAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken, Func<LiveWorkload, Task<bool>>? isAsPlanned = null)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        if (workload.Uid != plan.Preconditions["uid"])
            throw new ActionFailedException(
                FailureKind.Permanent, $"The {workload.Display} is not the one that was planned for, but another one with the same name.");
        if (workload.Annotations.GetValueOrDefault(Marks.ActionId) == request.ActionId)
            return null;
        return plan.Preconditions.TryGetValue("generation", out var generation)
            && workload.Generation.ToString(CultureInfo.InvariantCulture) != generation
            && (isAsPlanned is null || !await isAsPlanned(workload))
            ? throw Changed(workload)
            : workload;
    }

    /// <param name="build">
    /// Makes the patch for a workload as it was seen: once more where something has changed since, and neither its template nor that it is
    /// paused, as a scaler changes its replicas.
    /// </param>
    public async Task PatchAsync(
        ActionRequest request, LiveWorkload seen, Func<LiveWorkload, ObjectPatch> build, CancellationToken cancellationToken)
    {
        for (var writes = 1; ; writes++)
        {
            var patch = build(seen).ToPatch();
            try
            {
                await api.WriteAsync($"patch {seen.Display}", request.NotAfter, (k, ct) => k.CustomObjects.PatchNamespacedCustomObjectAsync(
                    patch, "apps", "v1", seen.Namespace, seen.Kind + "s", seen.Name, fieldManager: Marks.FieldManager,
                    cancellationToken: ct),
                    cancellationToken);
                return;
            }
            catch (ActionFailedException e) when (e.Status() is HttpStatusCode.UnprocessableEntity)
            {
                // one status for a patch whose tests failed and for an object that is not valid: the object tells which
                var now = await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken);
                if (now?.Uid == seen.Uid && now.Generation == seen.Generation && now.Annotations.Count == seen.Annotations.Count)
                    throw;
                if (writes == MostWrites || now is null || !IsTemplateAsBefore(now, seen))
                    throw Changed(seen, e);
                seen = now;
            }
        }
    }

    private static bool IsTemplateAsBefore(LiveWorkload now, LiveWorkload seen) =>
        now.Uid == seen.Uid && now.Paused == seen.Paused && JsonNode.DeepEquals(now.Template, seen.Template);

    /// <param name="isInEffect">Whether the object is as the change would have left it.</param>
    public async Task<ProbeResult> ProbeAsync(
        ActionRequest request, ActionPlan plan, Func<LiveWorkload, bool> isInEffect, CancellationToken cancellationToken)
    {
        var workload = await workloads.FindAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (workload is null || workload.Uid != plan.Preconditions["uid"])
            return new(
                ProbeAnswer.Unknown,
                $"The {request.Resource.Display} that was planned for no longer exists, so the change cannot be checked.");
        if (workload.Annotations.GetValueOrDefault(Marks.ActionId) == request.ActionId)
            return new(ProbeAnswer.Happened, $"The {workload.Display} carries the mark of this action.");

        // the mark is written in one patch with the change, and the change is refused on any other template: asking for it again is safe
        return isInEffect(workload)
            ? new(ProbeAnswer.Happened, $"The {workload.Display} is as planned, although the mark of this action is gone.")
            : new(ProbeAnswer.DidNotHappen, $"The {workload.Display} does not carry the mark of this action, and is not as planned.");
    }

    private static ActionFailedException Changed(LiveWorkload workload, Exception? inner = null) =>
        new(FailureKind.Permanent, $"The {workload.Display} was changed by somebody else after this was planned; nothing was done.", inner);
}
