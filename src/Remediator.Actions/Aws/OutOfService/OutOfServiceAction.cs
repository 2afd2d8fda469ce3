using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.OutOfService;

/// <summary>
/// Taints a node whose instance EC2 says to be stopped or terminated, and takes the taint away once the node is well; both are seen on the
/// node before they count as done, since the controller of nodes may write back the list of taints that it had read before.
/// </summary>
internal sealed class OutOfServiceAction(ClusterApi cluster, InstanceReader instances) : IUndoableAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.out-of-service",
        Class = ActionClass.Strong,
        Input = typeof(OutOfServiceInput),
        Summary = "Taints a node as out of service, so that the pods and volumes of its machine are free at once; only where EC2 says that "
            + "its instance is stopped or terminated. Takes the taint away once the node is ready again.",
        Kinds = NodeReader.Kinds,
        Temporary = true,
        Permissions = OutOfServicePermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if ((sight.Doubt ?? Doubt(sight.Found!)) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not tainted as out of service: {doubt}.");
        return PlanResult.Planned(new()
        {
            Summary = $"taint {request.Resource.Display} as out of service, since instance {sight.Found!.InstanceId} is "
                + $"{sight.Found.State}: its pods are deleted by force, and their volumes detached",
            Changes = [new(request.Resource.Display, $"taint {OutOfServiceTaint.Key}", "none", "NoExecute")],
            Preconditions = new Dictionary<string, string>
            {
                ["uid"] = sight.Node!.Metadata.Uid,
                ["instance_id"] = sight.Found.InstanceId,
            },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sight = await instances.ReadAsync(request, cancellationToken);
            if (sight.Node is not { } node || node.Metadata.Uid != plan.Preconditions["uid"])
                throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
            var isOurs = OutOfServiceTaint.By(node) == request.ActionId;
            if (isOurs && OutOfServiceTaint.IsOn(node))
                return new($"{request.Resource.Display} is tainted as out of service.") { Changes = plan.Changes };
            var why = sight.Found is not { } found ? sight.Doubt
                : found.InstanceId != plan.Preconditions["instance_id"] ? $"it is instance {found.InstanceId} now"
                : Doubt(found);
            if (why is not null)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {why}; nothing was done.");
            await cluster.TryPatchNodeAsync(
                request, node, OutOfServiceTaint.Set(node, request.ActionId), mayRepeat: attempt < NodePatch.Tries, cancellationToken);
        }
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var node = await cluster.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
            return new(ProbeAnswer.Unknown, $"The {request.Resource.Display} that was planned for no longer exists.");
        return OutOfServiceTaint.By(node) == request.ActionId
            ? new(ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action.")
            : new(ProbeAnswer.DidNotHappen, $"{request.Resource.Display} does not carry the mark of this action.");
    }

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= NodePatch.Tries; attempt++)
        {
            var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
            if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
                return new($"The {request.Resource.Display} that was tainted is gone, and its taint with it.");
            if (OutOfServiceTaint.By(node) != request.ActionId)
                return new($"{request.Resource.Display} does not carry the mark of this action any more; if it is tainted, that stays.");
            // the mark goes last: whoever goes on after a kill finds what is still to be taken away
            if (OutOfServiceTaint.IsOn(node))
                await cluster.TryPatchNodeAsync(
                    request, node, OutOfServiceTaint.TakeAway(node), mayRepeat: true, cancellationToken);
            else if (await cluster.TryPatchNodeAsync(request, node, OutOfServiceTaint.Unmark(), mayRepeat: true, cancellationToken))
                return new($"{request.Resource.Display} is not tainted as out of service any more.")
                    { Changes = [new(request.Resource.Display, $"taint {OutOfServiceTaint.Key}", "NoExecute", "none")] };
        }

        throw new ActionFailedException(
            FailureKind.Transient, $"{request.Resource.Display} is still tainted as out of service, or changes all the time.");
    }

    private static string? Doubt(NodeInstance found) =>
        OtherHands.On(found.Node) is { } hands ? hands
        : found.Node.IsOfControlPlane() ? "it is of the control plane, which is for people"
        : found.Node.Ready()?.Status == "True" ? "it is ready"
        : found.State is not ("stopped" or "terminated")
            ? $"instance {found.InstanceId} is {found.State}, and what runs there may still write to its volumes"
        : found.Transition.StartsWith("Warmed", StringComparison.Ordinal)
            ? $"its Auto Scaling group keeps instance {found.InstanceId} in reserve: it is {found.Transition}"
        : OutOfServiceTaint.IsOn(found.Node) ? $"the action {OutOfServiceTaint.By(found.Node)} has tainted it already"
        : found.Namesake.Length > 0
            ? $"instance {found.InstanceId} is {found.State}, and {found.Namesake} has the address of its node now"
        : null;
}
