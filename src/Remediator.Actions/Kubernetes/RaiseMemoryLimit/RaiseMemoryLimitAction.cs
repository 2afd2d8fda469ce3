using System.Text.Json;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

/// <summary>
/// Raises the memory limit of the containers that were OOM-killed: only where the owner allows it, only a little, and once a day.
/// </summary>
internal sealed class RaiseMemoryLimitAction(ClusterApi api, WorkloadReader workloads) : IUndoableAction
{
    private const string Raises = "raises";

    private readonly WorkloadWriter _writer = new(api, workloads);
    private readonly MemoryRoom _room = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.raise-memory-limit",
        Class = ActionClass.Strong,
        Disrupts = Disrupts.Rollout,
        ChangesManifest = true,
        Input = typeof(RaiseMemoryLimitInput),
        Summary =
            $"Raises the memory limit of a container that was OOM-killed, if {Marks.RaiseMemoryLimit} allows it; its pods are replaced.",
        Kinds = ResourceKinds.RolledOut,
        Permissions = RaiseMemoryLimitPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        var pods = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => !p.IsTerminating() && !p.IsOver())
            .ToList();
        var (raises, refusal) =
            MemoryRaisePlan.Of(workload, pods, (RaiseMemoryLimitInput)request.Input, api.Time.GetUtcNow(), request.CrashWindow());
        if (raises.Count == 0)
            return PlanResult.Refused($"{workload.Display} {refusal}.");
        if (await _room.RefusalAsync(request, workload, pods, raises, cancellationToken) is { } noRoom)
            return PlanResult.Refused($"the memory limit of {workload.Display} cannot be raised: {noRoom}.");

        return PlanResult.Planned(new()
        {
            Summary = $"raise the memory limit of "
                + $"{string.Join(" and ", raises.Select(r => $"container {r.Container} from {r.From} to {r.To}"))} in "
                + $"{workload.Display}; its pods are replaced",
            Changes = [.. raises.Select(r => Change(workload, r, r.From, r.To))],
            Preconditions = new Dictionary<string, string>
            {
                ["uid"] = workload.Uid,
                ["limits"] = string.Join(", ", raises.Select(r => $"{r.Container}={r.From}")),
            },
            Parameters = new Dictionary<string, string> { [Raises] = JsonSerializer.Serialize(raises, JsonSerializerOptions.Web) },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await _writer.PlannedAsync(request, plan, cancellationToken);
        if (workload is null)
            return new($"The limit of {request.Resource.Display} was raised by this action already.");
        if (!workload.Annotations.ContainsKey(Marks.RaiseMemoryLimit))
            throw new ActionFailedException(
                FailureKind.Permanent, $"{workload.Display} no longer allows its limit to be raised; nothing was done.");

        var raises = RaisesOf(plan);
        var record = new MemoryRaiseRecord(MemoryRaiseRecord.Time(api.Time.GetUtcNow()), request.ActionId, request.IncidentId, raises);
        await SetAsync(request, workload, raises, r => (r.From, r.To), request.ActionId, record, cancellationToken);
        return new($"{workload.Display}: {plan.Summary}.") { Changes = plan.Changes };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _writer.IdentifyAsync(request, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _writer.ProbeAsync(
            request, plan, w => RaisesOf(plan).All(r => MemoryRaise.Find(w.Template, r.Container)?.Limit == r.To), cancellationToken);

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var workload = await workloads.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        var raises = RaisesOf(plan);
        if (workload.Uid != plan.Preconditions["uid"])
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"The {workload.Display} whose limit was raised no longer exists, and another one has its name; it is left as it is.");
        if (workload.IsUndone(request))
            return new($"The limit of {workload.Display} was put back by this action already.");
        if (raises.All(r => MemoryRaise.Find(workload.Template, r.Container)?.Limit == r.From))
            return new($"The limit of {workload.Display} is as it was before.");

        var now = MemoryRaiseRecord.Time(api.Time.GetUtcNow());
        var record = new MemoryRaiseRecord(now, request.ActionId, request.IncidentId, raises, now);
        await SetAsync(request, workload, raises, r => (r.To, r.From), Marks.Undone(request.ActionId), record, cancellationToken);
        return new($"The limit of {workload.Display} is again as it was before.")
            { Changes = [.. raises.Select(r => Change(workload, r, r.To, r.From))] };
    }

    private Task SetAsync(
        ActionRequest request, LiveWorkload workload, IReadOnlyList<MemoryRaise> raises, Func<MemoryRaise, (string From, string To)> values,
        string actionId, MemoryRaiseRecord record,
        CancellationToken cancellationToken) =>
        _writer.PatchAsync(request, workload, seen => Patch(seen, raises, values, actionId, record), cancellationToken);

    private static ObjectPatch Patch(
        LiveWorkload workload, IReadOnlyList<MemoryRaise> raises, Func<MemoryRaise, (string From, string To)> values, string actionId,
        MemoryRaiseRecord record)
    {
        var patch = ObjectPatch.Of(workload, sameGeneration: false);
        foreach (var raise in raises)
        {
            var (from, to) = values(raise);
            if (MemoryRaise.Find(workload.Template, raise.Container) is not var (index, limit) || limit != from)
                throw new ActionFailedException(
                    FailureKind.Permanent,
                    $"The memory limit of container {raise.Container} in {workload.Display} is no longer {from}; it is left as it is.");
            (raise with { Index = index }).AddTo(patch, from, to);
        }

        return patch.Annotate("/metadata", workload.Annotations, (Marks.ActionId, actionId), (Marks.MemoryLimitRaised, record.ToJson()));
    }

    private static List<MemoryRaise> RaisesOf(ActionPlan plan) =>
        JsonSerializer.Deserialize<List<MemoryRaise>>(plan.Parameters[Raises], JsonSerializerOptions.Web) ?? [];

    private static Change Change(LiveWorkload workload, MemoryRaise raise, string before, string after) =>
        new(workload.Display, $"spec.template.spec.containers[{raise.Container}].resources.limits.memory", before, after);
}
