using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.ReplaceInstance;

/// <summary>
/// Ends the instance of a node once another one, which its Auto Scaling group has launched in its place, runs well. Where that is not well
/// in time, nothing is ended. Each call to AWS is reserved on the node and made once; whoever goes on with it only looks.
/// </summary>
internal sealed class ReplaceInstanceAction(ClusterApi cluster, AwsApi aws, InstanceReader instances) : IWatchedAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly ReplaceDoubts _doubts = new(cluster, instances);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.replace-instance",
        Class = ActionClass.Strong,
        Input = typeof(ReplaceInstanceInput),
        Summary = "Has the Auto Scaling group of a node's EC2 instance launch another one, and ends the instance once that runs well; "
            + "where the group is at its maximum, it is ended first. Only where the policy lists the group, the node is drained, and "
            + "nothing is stored on the machine alone.",
        Kinds = NodeReader.Kinds,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = ReplaceInstancePermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return PlanResult.Refused($"{request.Resource.Display} is not replaced: {sight.Doubt}.");
        var way = ReplaceWay.Of(found);
        if ((await _doubts.AnyAsync(found, request, cancellationToken) ?? way.Doubt) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not replaced: {doubt}.");

        var group = found.Group!;
        return PlanResult.Planned(new()
        {
            Summary = $"replace instance {found.InstanceId} ({request.Resource.Display}) in Auto Scaling group "
                + $"{group.AutoScalingGroupName}: {way.Words}{Kinds(found)}",
            Changes = [new($"instance {found.InstanceId}", "state", "running", "terminated")],
            Preconditions = new Dictionary<string, string>
            {
                ["uid"] = found.Node.Metadata.Uid,
                ["instance_id"] = found.InstanceId,
            },
            Parameters = new Dictionary<string, string>
            {
                ["group"] = group.AutoScalingGroupName,
                ["way"] = way.Asks,
                ["before"] = string.Join(',', way.Before),
            },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Node is not { } node || node.Metadata.Uid != plan.Preconditions["uid"])
            throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
        var mark = ReplaceMark.On(node);
        if (mark.ActionId != request.ActionId)
            return await BeginAsync(request, plan, cancellationToken);
        if (mark.Asked is ReplaceMark.End)
            return new($"The end of instance {plan.Preconditions["instance_id"]} was asked for before; it is only looked at.")
                { Began = Began(request) };

        if (sight.Found is not { } found)
            throw new ActionFailedException(FailureKind.Transient, $"{request.Resource.Display}: {sight.Doubt}.");
        var replacement = await Replacement.OfAsync(cluster, instances, found, Before(plan), request, cancellationToken);
        if (replacement.Well is not { } well)
            return new(replacement.Seen) { Began = Began(request) };
        if ((WhyItEnds(found, plan) ?? await _doubts.OfMachineAsync(found, request, cancellationToken)) is { } doubt)
            throw new ActionFailedException(
                FailureKind.Permanent, $"{request.Resource.Display}: {doubt}. Its instance is not ended; {well} runs well beside it");
        await ReserveAsync(request, plan, mark with { Asked = ReplaceMark.End }, mark, cancellationToken);
        return await EndAsync(request, plan, mark, cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var node = await cluster.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
            return await HasEndedAsync(request, plan, cancellationToken)
                ? new(ProbeAnswer.Happened, $"Instance {plan.Preconditions["instance_id"]} and its node are gone.")
                : new(ProbeAnswer.Unknown, $"The {request.Resource.Display} that was planned for no longer exists.");
        return ReplaceMark.On(node).ActionId == request.ActionId
            ? new(ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action; AWS may have been asked.")
                { Began = Began(request) }
            : new(
                ProbeAnswer.DidNotHappen,
                $"{request.Resource.Display} does not carry the mark of this action, which is written before each call.");
    }

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var (id, sight) = (plan.Preconditions["instance_id"], await instances.ReadAsync(request, cancellationToken));
        if (sight.Node is null)
            // whoever removes nodes whose machine is gone has done so
            return await HasEndedAsync(request, plan, cancellationToken)
                ? new(ActState.Done, $"instance {id} is terminated, and its node is gone") { Changes = plan.Changes }
                : new(ActState.InProgress, $"the node of instance {id} is gone, and the instance is not terminated");
        var asked = ReplaceMark.On(sight.Node) is var mark && mark.ActionId == request.ActionId ? mark.Asked : "";
        if (asked is ReplaceMark.End)
            return await HasEndedAsync(request, plan, cancellationToken)
                ? new(ActState.Done, $"instance {id} is terminated") { Changes = plan.Changes }
                : new(ActState.InProgress, sight.Found is not { } ending ? sight.Doubt!
                    : $"instance {id} is {ending.State}{(ending.Member is { } m ? $" and {m.LifecycleState}" : "")}");
        if (asked.Length == 0)
            return new(ActState.Failed, $"somebody has taken the mark of this replacement from {request.Resource.Display}");
        if (sight.Found is not { } found)
            return new(ActState.InProgress, sight.Doubt!);
        if (WhyItEnds(found, plan) is { } why)
            return new(ActState.Failed, $"{why}; nothing was ended");
        var replacement = await Replacement.OfAsync(cluster, instances, found, Before(plan), request, cancellationToken);
        return new(ActState.InProgress, replacement.Seen) { NeedsPush = replacement.Well is not null };
    }

    private static Began Began(ActionRequest request) => new(request.ActionId, LookAgain, ((ReplaceInstanceInput)request.Input).Within);

    private static string[] Before(ActionPlan plan) =>
        plan.Parameters["before"].Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static string Kinds(NodeInstance found) =>
        (found.IsSpot ? "; it is a spot instance, and there may be no other" : "")
            + (found.Group!.HasMixedInstances ? "; the other one may be of another type" : "");

    /// <summary>What makes waiting for the other instance pointless.</summary>
    private static string? WhyItEnds(NodeInstance found, ActionPlan plan) =>
        found.InstanceId != plan.Preconditions["instance_id"] ? $"it is instance {found.InstanceId} now"
        : found.Node.Ready()?.Status == "True" ? "the node is ready again"
        : (OtherHands.On(found.Node) ?? found.Interruption) is { } hands ? hands
        : found.Member is not { LifecycleState: "Standby" }
            ? $"somebody has taken instance {found.InstanceId} out of Standby: it is {found.Member?.LifecycleState ?? "in no group"}"
        : found.State is not "running" ? $"instance {found.InstanceId} is {found.State}"
        : found.Group is null ? $"nothing is known of Auto Scaling group {plan.Parameters["group"]}"
        : null;

    private async Task<ActionOutcome> BeginAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var mark = new ReplaceMark(request.ActionId, plan.Parameters["group"], plan.Parameters["way"]);
        var found = await ReserveAsync(request, plan, mark, null, cancellationToken);
        var (group, wanted) = (found.Group!, found.Group!.DesiredCapacity + 1);
        return mark.Asked switch
        {
            ReplaceMark.End => await EndAsync(request, plan, null, cancellationToken),
            ReplaceMark.Capacity => await CallAsync(
                request, null, $"raise the desired capacity of Auto Scaling group {group.AutoScalingGroupName} to {wanted}",
                new SetDesiredCapacityRequest(group.AutoScalingGroupName, wanted), cancellationToken),
            _ => new($"Auto Scaling group {group.AutoScalingGroupName} has launched another instance, or does so.")
                { Began = Began(request) },
        };
    }

    /// <summary>One in Standby is not among those that the group wants; one in service is, and another one takes its place.</summary>
    private Task<ActionOutcome> EndAsync(
        ActionRequest request, ActionPlan plan, ReplaceMark? before, CancellationToken cancellationToken) =>
        CallAsync(
            request, before, $"end instance {plan.Preconditions["instance_id"]}",
            new TerminateInstanceInAutoScalingGroupRequest(plan.Preconditions["instance_id"], ShouldDecrementDesiredCapacity: false),
            cancellationToken);

    /// <param name="before">The mark that is put back where the call was certainly not accepted; null where there was none.</param>
    private async Task<ActionOutcome> CallAsync(
        ActionRequest request, ReplaceMark? before, string what, AutoScalingRequest call, CancellationToken cancellationToken)
    {
        try
        {
            var requestId = await aws.ActAsync(what, request.NotAfter, (c, ct) => c.AutoScaling.ActAsync(call, ct), cancellationToken);
            return new($"EC2 Auto Scaling was asked to {what} (request {requestId}).") { Began = Began(request) };
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return new($"{e.Message} Whether it was accepted is seen by what happens; it is not asked for again.")
                { Began = Began(request) };
        }
        catch (ActionFailedException)
        {
            await ReleaseAsync(request, before, cancellationToken);
            throw;
        }
    }

    /// <param name="expected">The mark that the node has to carry now; null for none of this action.</param>
    /// <returns>As it was when the mark was written: nothing speaks against the call.</returns>
    private async Task<NodeInstance> ReserveAsync(
        ActionRequest request, ActionPlan plan, ReplaceMark mark, ReplaceMark? expected, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sight = await instances.ReadAsync(request, cancellationToken);
            var why = sight.Found is not { } found ? sight.Doubt
                : found.Node.Metadata.Uid != plan.Preconditions["uid"] || found.InstanceId != plan.Preconditions["instance_id"]
                    ? "it is another machine now"
                : expected is not null && ReplaceMark.On(found.Node) != expected ? "its mark was changed meanwhile"
                : expected is null ? await _doubts.AnyAsync(found, request, cancellationToken) ?? WhyNotThatWay(found, plan)
                : WhyItEnds(found, plan);
            if (why is not null)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {why}; nothing was asked of AWS.");
            if (await cluster.TryPatchNodeAsync(
                request, sight.Node!, mark.Set(), mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return sight.Found!;
        }
    }

    private static string? WhyNotThatWay(NodeInstance found, ActionPlan plan) =>
        ReplaceWay.Of(found) is var way && way.Doubt is { } doubt ? doubt
        : way.Asks != plan.Parameters["way"] || string.Join(',', way.Before) != plan.Parameters["before"]
            ? "its Auto Scaling group is not as it was when this was planned"
        : null;

    /// <summary>EC2 forgets an instance some time after it was terminated.</summary>
    private async Task<bool> HasEndedAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await instances.InstanceAsync(plan.Preconditions["instance_id"], request, cancellationToken) is not { } instance
            || instance.State?.Name?.Value is "terminated";

    /// <summary>Where that fails, the mark stays, and the group is left to people.</summary>
    private async Task ReleaseAsync(ActionRequest request, ReplaceMark? before, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; attempt <= NodePatch.Tries; attempt++)
            {
                var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
                if (node is null || ReplaceMark.On(node).ActionId != request.ActionId
                    || await cluster.TryPatchNodeAsync(
                        request, node, before?.Set() ?? ReplaceMark.Clear(), mayRepeat: true, cancellationToken))
                    return;
            }
        }
        catch (ActionFailedException)
        {
            // what matters is why the call was refused
        }
    }
}
