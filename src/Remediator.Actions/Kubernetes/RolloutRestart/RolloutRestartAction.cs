using System.Globalization;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.RolloutRestart;

/// <summary>Replaces all pods of a workload by its own update strategy, as <c>kubectl rollout restart</c> does.</summary>
internal sealed class RolloutRestartAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    private readonly WorkloadWriter _writer = new(api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.rollout-restart",
        Class = ActionClass.Strong,
        Disrupts = Disrupts.Rollout,
        Input = typeof(RolloutRestartInput),
        Summary = "Replaces all pods of a workload one after another, with its own update strategy.",
        Kinds = ResourceKinds.RolledOut,
        Permissions = RolloutRestartPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        if (Refusal(workload) is { } refusal)
            return PlanResult.Refused($"{workload.Display} {refusal}.");

        return PlanResult.Planned(new()
        {
            Summary = $"restart {(workload.Desired == 1 ? "the one pod" : $"all {workload.Desired} pods")} of {workload.Display} by its "
                + "update strategy",
            Changes = [new(
                workload.Display, $"spec.template.metadata.annotations[{Marks.RestartedAt}]",
                workload.TemplateAnnotations.GetValueOrDefault(Marks.RestartedAt, ""), "the time when it is done")],
            Preconditions = WorkloadWriter.Preconditions(workload),
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await _writer.PlannedAsync(request, plan, cancellationToken);
        if (workload is null)
            return new($"{request.Resource.Display} was restarted by this action already.");
        if (Refusal(workload) is { } refusal)
            throw new ActionFailedException(FailureKind.Permanent, $"{workload.Display} {refusal}.");

        var now = api.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await _writer.PatchAsync(request, workload, seen => ObjectPatch.Of(seen)
            .Annotate("/spec/template/metadata", seen.TemplateAnnotations, (Marks.RestartedAt, now), (Marks.ActionId, request.ActionId))
            .Annotate("/metadata", seen.Annotations, (Marks.ActionId, request.ActionId)), cancellationToken);
        return new($"{workload.Display} replaces its pods.") { Changes = plan.Changes };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _writer.IdentifyAsync(request, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _writer.ProbeAsync(
            request, plan, w => w.TemplateAnnotations.GetValueOrDefault(Marks.ActionId) == request.ActionId, cancellationToken);

    private static string? Refusal(LiveWorkload w) => w switch
    {
        { Paused: true } => "is paused",
        { UpdatesOnDelete: true } => "replaces pods only when they are deleted; a restart would have no effect",
        { RollingOut: true } => "is in the middle of a rollout",
        { Desired: 0 } => "has no pods to restart",
        _ => null,
    };
}
