using System.Globalization;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>
/// Puts the pod template of the last good revision back. A StatefulSet's data may have moved on with its template; it is left to people.
/// </summary>
internal sealed class RolloutUndoAction(ClusterApi api, WorkloadReader workloads) : IUndoableAction
{
    private const string From = "from";
    private const string To = "to";

    /// <summary>Grows when a template that was left is taken up again, also by somebody who undoes what this has done.</summary>
    private const string FromNumber = "from-number";

    private readonly WorkloadWriter _writer = new(api, workloads);
    private readonly RevisionReader _revisions = new(api, workloads);
    private readonly UndoTarget _targets = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.rollout-undo",
        Class = ActionClass.Strong,
        Disrupts = Disrupts.FailingRollout,
        ChangesManifest = true,
        Input = typeof(RolloutUndoInput),
        Summary = "Goes back to the last revision that was available.",
        Kinds = [ResourceKinds.Deployment, ResourceKinds.DaemonSet],
        Permissions = RolloutUndoPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource.Kind == ResourceKinds.StatefulSet)
            return PlanResult.Refused(
                $"{request.Resource.Display} is a StatefulSet: only a person can decide to go back, because its data may have changed.");

        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        var pods = await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken);
        var (present, good, refusal) =
            LastGoodRevision.Of(workload, await _revisions.ReadAsync(request, workload, pods, cancellationToken), request.Facts);
        if (present is null || good is null)
            return PlanResult.Refused($"{workload.Display} {refusal}.");
        if (UndoObjections.First(workload, present, good, pods, api.Time.GetUtcNow().UtcDateTime, request.CrashWindow()) is { } objection)
            return PlanResult.Refused($"{workload.Display} {objection}.");
        if (await _targets.LackAsync(request, workload, present, good, cancellationToken) is { } lack)
            return PlanResult.Refused($"{workload.Display} {lack}.");

        return PlanResult.Planned(new()
        {
            Summary = $"take {workload.Display} back from {present.Display} to {good.Display}, which "
                + $"{(good.AvailableNow ? "is available now" : "was available")}"
                + $"{OfRelease(workload, request.Facts)}{Others(request.Facts)}",
            Changes = [
                new(workload.Display, "revision", present.Display, good.Display),
                .. TemplateDifference.Between(workload.Display, present.Template, good.Template)],
            Preconditions = WorkloadWriter.Preconditions(workload),
            // not the templates themselves: they may hold what must not be kept in the journal
            Parameters = new Dictionary<string, string>
            {
                [From] = present.Uid, [To] = good.Uid, [FromNumber] = present.Number.ToString(CultureInfo.InvariantCulture),
            },
        });
    }

    /// <summary>Helm keeps what it has installed: the next upgrade starts from there, whatever is in the cluster.</summary>
    private static string OfRelease(LiveWorkload workload, FactView facts) =>
        workload.Annotations.GetValueOrDefault("meta.helm.sh/release-name") is { Length: > 0 } release
            ? $"; its Helm release {release} stays as it is: {WayBack.ByHelm(release, workload.Namespace, WayBack.RolledOut(facts))}"
            : "";

    private static string Others(FactView facts) =>
        facts.Named("workload").Select(w => w["rolled_with"]).FirstOrDefault(o => o.Length > 0) is { } others
            ? $"; {others} of the same release were rolled out with it, and are not taken back"
            : "";

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await _writer.PlannedAsync(
            request, plan, cancellationToken,
            async w => w.Observed && IsFrom(plan, await _revisions.ReadAsync(request, w, cancellationToken), w));
        if (workload is null)
            return new($"{request.Resource.Display} was taken back by this action already.");
        if (workload.Paused)
            throw new ActionFailedException(
                FailureKind.Permanent, $"{workload.Display} was paused after this was planned; nothing was done.");

        var good = await FindAsync(request, workload, plan, To, cancellationToken);
        await RestoreAsync(request, workload, good, request.ActionId, cancellationToken);
        return new($"{workload.Display} goes back to {good.Display}.") { Changes = plan.Changes };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _writer.IdentifyAsync(request, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await workloads.FindAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        var good = workload is null
            ? null
            : (await _revisions.ReadAsync(request with { NotAfter = DateTimeOffset.MaxValue }, workload, cancellationToken))
                .FirstOrDefault(r => r.Uid == plan.Parameters[To]);
        return await _writer.ProbeAsync(request, plan, w => good?.IsThatOf(w.Template) == true, cancellationToken);
    }

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        var from = await FindAsync(request, workload, plan, From, cancellationToken);
        if (from.IsThatOf(workload.Template))
            return new($"{workload.Display} is at {from.Display} already.");

        var to = await FindAsync(request, workload, plan, To, cancellationToken);
        if (workload.Uid != plan.Preconditions["uid"] || !to.IsThatOf(workload.Template))
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"The {workload.Display} was changed by somebody else after it was taken back; it is left as it is.");
        if (workload.IsUndone(request))
            return new($"{workload.Display} was put back by this action already, and somebody changed it afterwards; it is left as it is.");

        await RestoreAsync(request, workload, from, Marks.Undone(request.ActionId), cancellationToken);
        return new($"{workload.Display} is at {from.Display} again.")
            { Changes = [new(workload.Display, "revision", to.Display, from.Display)] };
    }

    private static bool IsFrom(ActionPlan plan, IReadOnlyList<WorkloadRevision> revisions, LiveWorkload workload) =>
        revisions is [var newest, ..]
            && newest.Uid == plan.Parameters[From]
            && newest.Number.ToString(CultureInfo.InvariantCulture) == plan.Parameters.GetValueOrDefault(FromNumber)
            && newest.IsThatOf(workload.Template);

    private Task RestoreAsync(
        ActionRequest request, LiveWorkload workload, WorkloadRevision revision, string actionId, CancellationToken cancellationToken) =>
        _writer.PatchAsync(request, workload, seen => Back(seen, revision, actionId), cancellationToken);

    /// <summary>
    /// The cause comes back with the template that it is of, as with <c>kubectl rollout undo</c>: one of ours would stay on the object, and
    /// the next revision, whoever makes it, would be shown under it.
    /// </summary>
    private static ObjectPatch Back(LiveWorkload seen, WorkloadRevision revision, string actionId)
    {
        var patch = ObjectPatch.Of(seen).Replace("/spec/template", revision.Template);
        return revision.Cause is { } cause
            ? patch.Annotate("/metadata", seen.Annotations, (Marks.ActionId, actionId), (Marks.ChangeCause, cause))
            : patch.Annotate("/metadata", seen.Annotations, (Marks.ActionId, actionId))
                .RemoveAnnotation("/metadata", seen.Annotations, Marks.ChangeCause);
    }

    private async Task<WorkloadRevision> FindAsync(
        ActionRequest request, LiveWorkload workload, ActionPlan plan, string which, CancellationToken cancellationToken) =>
        (await _revisions.ReadAsync(request, workload, cancellationToken)).FirstOrDefault(r => r.Uid == plan.Parameters[which])
        ?? throw new ActionFailedException(
            FailureKind.Permanent, $"The revision of {workload.Display} that was planned for is no longer kept.");
}
