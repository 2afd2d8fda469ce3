using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Drain;

/// <summary>
/// Cordons a node and evicts what runs on it. The node carries the mark of the act, so that any replica can go on with it; disruption
/// budgets are asked for each pod, and none is ever changed.
/// </summary>
internal sealed class DrainAction(ClusterApi api) : ICancellableAction, IUndoableAction
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>A call ends so long before its time is over: what comes after it needs some.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    private const int MostVolumesNamed = 5;

    private readonly DrainPods _pods = new(api);
    private readonly DrainVolumes _volumes = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.drain",
        Class = ActionClass.Strong,
        Input = typeof(DrainInput),
        Summary = "Cordons a node, takes it out of external load balancers, and evicts its pods, critical ones last; disruption budgets "
            + "hold. Refuses where a pod must not be evicted. Lets pods back once the node is ready again.",
        Kinds = NodeReader.Kinds,
        Temporary = true,
        Permissions = DrainPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
        if (node is null)
            return PlanResult.Refused($"{request.Resource.Display} does not exist.");
        if (NotOurs(node, request.ActionId) is { } others)
            return PlanResult.Refused($"{request.Resource.Display} is not ours to drain: {others}.");
        if (node.IsOfControlPlane() || request.Facts.Named("node").Any(
            n => n["node"] == request.Resource.Name && n["role"] == "control-plane"))
            return PlanResult.Refused($"{request.Resource.Display} is of the control plane; that is drained by people.");

        var look = await _pods.LookAsync(request, node, cancellationToken);
        if (look.Refused.Count > 0)
            return PlanResult.Refused(
                $"{request.Resource.Display} is not drained, since pods on it must not be evicted: "
                    + $"{string.Join(", ", look.Refused.Take(10))}.");
        if (look.IsDone && node.IsCordoned())
            return PlanResult.Refused($"{request.Resource.Display} is cordoned, and no pod on it would be evicted.");

        return PlanResult.Planned(new()
        {
            Summary = $"drain {request.Resource.Display}: cordon it and {look.Plan()}",
            Changes =
            [
                .. node.IsCordoned() ? [] : (Change[])[new(request.Resource.Display, "spec.unschedulable", "false", "true")],
                // without names or a number: pods come and go while a person thinks about it
                new(request.Resource.Display, "pods", "run on it", "evicted, but for those that a drain leaves"),
            ],
            Preconditions = new Dictionary<string, string> { ["uid"] = node.Metadata.Uid },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        await MarkAsync(request, plan, cancellationToken);
        try
        {
            return await EvictAsync(request, plan, cancellationToken);
        }
        catch (ActionFailedException e)
        {
            // it has begun: the node carries its mark, which is taken back at its end
            return new(e.Message) { Began = Began(request), Changes = plan.Changes };
        }
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken) is { } node
            ? new Dictionary<string, string> { ["uid"] = node.Metadata.Uid }
            : null;

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await api.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken) switch
        {
            null => new(ProbeAnswer.Unknown, $"{request.Resource.Display} no longer exists, so the drain cannot be checked."),
            var node when node.DrainedBy() == request.ActionId =>
                new(ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action.") { Began = Began(request) },
            _ => new(ProbeAnswer.DidNotHappen, $"{request.Resource.Display} does not carry the mark of this action."),
        };

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
        if (node is null)
            return new(ActState.Done, $"{request.Resource.Display} is gone, and so are its pods");
        if (WhyItEnds(node, request) is { } why)
            return new(ActState.Failed, why);

        var look = await _pods.LookAsync(request, node, cancellationToken);
        if (look.IsDone)
            return await WatchVolumesAsync(request, plan, node, look, cancellationToken);
        if (await _pods.WhyNothingYetAsync(request, node, look, cancellationToken) is { } nothing)
            return new(ActState.InProgress, nothing);
        var (refusals, wouldDoOne) = await _pods.AskAboutNextAsync(request, look, cancellationToken);
        return new(ActState.InProgress, look.Describe(refusals)) { NeedsPush = wouldDoOne };
    }

    /// <summary>A cordon of ours from before stays: the node is no better than it was.</summary>
    public Task<ActionOutcome> CancelAsync(
        ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
        ReleaseAsync(request, plan, keepsOurCordon: true, cancellationToken);

    public Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        ReleaseAsync(request, plan, keepsOurCordon: false, cancellationToken);

    private static IReadOnlyDictionary<string, string> NoRefusals { get; } = new Dictionary<string, string>();

    private static Began Began(ActionRequest request) => new(request.ActionId, LookAgain, ((DrainInput)request.Input).Within);

    private static string? NotOurs(V1Node node, string actionId) =>
        node.DrainedBy() is { Length: > 0 } other && other != actionId ? $"the action {other} drains it" : OtherHands.On(node);

    /// <summary>Whoever uncordons a node, or takes our mark away, wants its pods back.</summary>
    private static string? WhyItEnds(V1Node node, ActionRequest request) =>
        node.DrainedBy() != request.ActionId ? $"somebody has taken the mark of this drain from {request.Resource.Display}"
        : !node.IsCordoned() ? $"somebody has uncordoned {request.Resource.Display}"
        : OtherHands.On(node) is { } hands ? $"{request.Resource.Display} is left to another program: {hands}"
        : null;

    private async Task<ActionOutcome> EvictAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var end = request.NotAfter - Margin * request.DurationScale;
        DateTimeOffset? allAskedAt = null;
        while (true)
        {
            var node = await PlannedAsync(request, plan, cancellationToken);
            if (WhyItEnds(node, request) is { } why)
                return new(why) { Began = Began(request) };
            var look = await _pods.LookAsync(request, node, cancellationToken);
            if (look.IsDone)
            {
                var volumes = await WatchVolumesAsync(request, plan, node, look, cancellationToken);
                if (volumes.State is ActState.Done)
                    return new($"{request.Resource.Display} is drained: {volumes.Seen}.") { Changes = plan.Changes };
                if (!volumes.NeedsPush)
                    return new(volumes.Seen) { Began = Began(request), Changes = plan.Changes };
                await api.TryPatchNodeAsync(
                    request, node, DrainMark.Empty(request.ActionId, api.Time.GetUtcNow()), mayRepeat: true, cancellationToken);
                continue;
            }

            if (await _pods.WhyNothingYetAsync(request, node, look, cancellationToken) is { } nothing)
                return new(nothing) { Began = Began(request), Changes = plan.Changes };
            if (!node.IsEvicting(request.ActionId))
            {
                await api.TryPatchNodeAsync(request, node, DrainMark.Evict(node, request.ActionId), mayRepeat: true, cancellationToken);
                continue;
            }

            var refusals = await _pods.EvictAsync(request, look, cancellationToken);
            var now = api.Time.GetUtcNow();
            allAskedAt = look.Next.Count > 0 ? null : allAskedAt ?? now;
            var pause = (allAskedAt is null ? Round : Ending) * request.DurationScale;
            if (now + pause >= end || now - allAskedAt >= LookAgain * request.DurationScale)
                return new(look.Describe(refusals)) { Began = Began(request), Changes = plan.Changes };

            await Task.Delay(pause, api.Time, cancellationToken);
        }
    }

    /// <summary>What is attached for longer than that is told: what may follow with it, the next step has to know.</summary>
    private async Task<ActStatus> WatchVolumesAsync(
        ActionRequest request, ActionPlan plan, V1Node node, DrainLook look, CancellationToken cancellationToken)
    {
        var left = await _volumes.LeftAsync(request, node, look, cancellationToken);
        if (left.Count == 0)
            return new(ActState.Done, look.Describe(NoRefusals)) { Changes = plan.Changes };
        var names = string.Join(", ", left.Take(MostVolumesNamed)) + (left.Count > MostVolumesNamed ? " and more" : "");
        var seen = $"{look.Describe(NoRefusals)}; still attached: {names}";
        return node.EmptiedAt(request.ActionId) is not { } since
            ? new(ActState.InProgress, seen) { NeedsPush = true }
            : api.Time.GetUtcNow() - since >= ((DrainInput)request.Input).VolumesWithin * request.DurationScale
            ? new(ActState.Done, seen) { Changes = plan.Changes }
            : new(ActState.InProgress, seen);
    }

    /// <summary>The node says from now on that this action drains it.</summary>
    private async Task MarkAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = await PlannedAsync(request, plan, cancellationToken);
            if (node.DrainedBy() == request.ActionId)
                return;
            if (NotOurs(node, request.ActionId) is { } others)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {others}; nothing was done.");
            var mayRepeat = attempt < NodePatch.Tries;
            if (await api.TryPatchNodeAsync(request, node, DrainMark.Begin(node, request.ActionId), mayRepeat, cancellationToken))
                return;
        }
    }

    private async Task<V1Node> PlannedAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken) is { } node
            && node.Metadata.Uid == plan.Preconditions["uid"]
            ? node
            : throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");

    /// <summary>Takes away what this action has written on the node. What was evicted runs elsewhere.</summary>
    private async Task<ActionOutcome> ReleaseAsync(
        ActionRequest request, ActionPlan plan, bool keepsOurCordon, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
            if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
                return new($"The {request.Resource.Display} that was drained is gone; there is nothing to take back.");
            if (DrainMark.Clear(node, request.ActionId, keepsOurCordon) is not { } change)
                return new($"{request.Resource.Display} carries no mark of this drain any more.");
            if (await api.TryPatchNodeAsync(request, node, change, mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return new(change.Spec.ContainsKey("unschedulable") ? $"{request.Resource.Display} takes pods again."
                    : !node.IsCordoned() ? $"{request.Resource.Display} is no longer drained; somebody has uncordoned it already."
                    : node.CordonedBy() == request.ActionId && node.IsOursByRecord()
                    ? $"{request.Resource.Display} is no longer drained; it stays cordoned, as it was before."
                    : $"{request.Resource.Display} is no longer drained; it stays cordoned, as somebody else has cordoned it.");
        }
    }
}
