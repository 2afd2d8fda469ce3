using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Cordon;

/// <summary>
/// Keeps new pods off a node, and lets them back once it is well. What a person has cordoned is neither cordoned nor uncordoned.
/// </summary>
internal sealed class CordonAction(ClusterApi api) : IUndoableAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.cordon",
        Class = ActionClass.Mild,
        Input = typeof(CordonInput),
        Summary = "Cordons a node, so that nothing new is scheduled on it; uncordons it once it is ready again, unless "
            + "somebody else has cordoned it since.",
        Kinds = NodeReader.Kinds,
        Temporary = true,
        Permissions = CordonPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
        if (node is null)
            return PlanResult.Refused($"{request.Resource.Display} does not exist.");
        if (node.IsCordoned())
            return PlanResult.Refused(
                $"{request.Resource.Display} is cordoned already"
                    + $"{(node.CordonedBy().Length > 0 && node.IsOursByRecord() ? ", by Remediator" : ": a person has cordoned it")}.");

        return PlanResult.Planned(new()
        {
            Summary = $"cordon {request.Resource.Display}, so that nothing new is scheduled on it",
            Changes = [new(request.Resource.Display, "spec.unschedulable", "false", "true")],
            Preconditions = new Dictionary<string, string> { ["uid"] = node.Metadata.Uid },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
            if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
                throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
            if (node.IsCordoned() && node.CordonedBy() == request.ActionId)
                return new($"{request.Resource.Display} was cordoned by this action already.");
            if (node.IsCordoned())
                throw new ActionFailedException(
                    FailureKind.Permanent,
                    $"{request.Resource.Display} was cordoned by somebody else after this was planned; nothing was done.");

            var mayRepeat = attempt < NodePatch.Tries;
            if (await PatchAsync(request, node, request.ActionId, unschedulable: true, mayRepeat, cancellationToken))
                return new($"{request.Resource.Display} is cordoned.") { Changes = plan.Changes };
        }
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken) is { } node
            ? new Dictionary<string, string> { ["uid"] = node.Metadata.Uid }
            : null;

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
            return new(
                ProbeAnswer.Unknown,
                $"The {request.Resource.Display} that was planned for no longer exists, so the cordon cannot be checked.");
        return node.CordonedBy() == request.ActionId
            ? new(
                ProbeAnswer.Happened,
                $"{request.Resource.Display} carries the mark of this "
                    + $"action{(node.IsCordoned() ? "" : ", though somebody has uncordoned it since")}.")
            : new(ProbeAnswer.DidNotHappen, $"{request.Resource.Display} does not carry the mark of this action.");
    }

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
            if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
                return new($"The {request.Resource.Display} that was cordoned is gone; there is nothing to uncordon.");
            if (!node.IsCordoned())
                return new($"{request.Resource.Display} is not cordoned any more.");
            if (node.CordonedBy() != request.ActionId || !node.IsOursByRecord())
                return new($"{request.Resource.Display} stays cordoned: a person has cordoned it since.");

            if (await PatchAsync(request, node, null, unschedulable: null, mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return new($"{request.Resource.Display} is uncordoned.")
                    { Changes = [new(request.Resource.Display, "spec.unschedulable", "true", "false")] };
        }
    }

    private Task<bool> PatchAsync(
        ActionRequest request, V1Node seen, string? mark, bool? unschedulable, bool mayRepeat, CancellationToken cancellationToken) =>
        api.TryPatchNodeAsync(request, seen, new()
        {
            Annotations = new() { [Marks.Cordoned] = mark, [Marks.ActionId] = mark },
            Spec = new() { ["unschedulable"] = unschedulable },
        }, mayRepeat, cancellationToken);
}
