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
    private readonly ReservedCalls _calls = new(cluster, aws, instances);

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
        var begin = Begin(request, plan);
        if (await _calls.ReserveAsync(request, plan, begin, cancellationToken) is not { } found)
            return await GoOnAsync(request, plan, cancellationToken);
        var (group, wanted) = (found.Group!.AutoScalingGroupName, found.Group.DesiredCapacity + 1);
        return plan.Parameters["way"] switch
        {
            ReplaceMark.End => await EndAsync(request, plan, begin, cancellationToken),
            ReplaceMark.Capacity => await _calls.MakeAsync(
                request, begin, $"raise the desired capacity of Auto Scaling group {group} to {wanted}",
                (c, ct) => c.AutoScaling.ActAsync(new SetDesiredCapacityRequest(group, wanted), ct), cancellationToken),
            _ => new($"Auto Scaling group {group} has launched another instance, or does so.") { Began = begin.Began },
        };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var probed = await _calls.ProbeAsync(request, plan, Begin(request, plan), cancellationToken);
        return probed.Answer is ProbeAnswer.Unknown && await HasEndedAsync(request, plan, cancellationToken)
            ? new(ProbeAnswer.Happened, $"Instance {plan.Preconditions["instance_id"]} and its node are gone.")
            : probed;
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

    /// <summary>What makes the group launch another one, or where it cannot, the end of this one.</summary>
    private Reservation Begin(ActionRequest request, ActionPlan plan) => new()
    {
        IsOn = node => ReplaceMark.On(node).ActionId == request.ActionId,
        Doubt = async (found, ct) => await _doubts.AnyAsync(found, request, ct) ?? WhyNotThatWay(found, plan),
        Mark = _ => new ReplaceMark(request.ActionId, plan.Parameters["group"], plan.Parameters["way"]).Set(),
        Unmark = ReplaceMark.Clear,
        Began = new(request.ActionId, LookAgain, ((ReplaceInstanceInput)request.Input).Within),
    };

    /// <summary>Ends this one if the other one runs well.</summary>
    private async Task<ActionOutcome> GoOnAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var begin = Begin(request, plan);
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Node is { } node && ReplaceMark.On(node).Asked is ReplaceMark.End)
            return ReservedCalls.OnlyLooked(begin, EndOf(plan));
        if (sight.Found is not { } found)
            throw new ActionFailedException(FailureKind.Transient, $"{request.Resource.Display}: {sight.Doubt}.");
        var replacement = await Replacement.OfAsync(cluster, instances, found, Before(plan), request, cancellationToken);
        if (replacement.Well is not { } well)
            return new(replacement.Seen) { Began = begin.Began };

        var (before, end) = (ReplaceMark.On(found.Node), ReplaceMark.On(found.Node) with { Asked = ReplaceMark.End });
        var reservation = begin with
        {
            IsOn = n => ReplaceMark.On(n) == end,
            Doubt = async (f, ct) => ReplaceMark.On(f.Node) != before
                ? "its mark was changed meanwhile"
                : WhyItEnds(f, plan) ?? await _doubts.OfMachineAsync(f, request, ct),
            Mark = _ => end.Set(),
            Unmark = before.Set,
            Otherwise = $"its instance is not ended, and {well} runs well beside it",
        };
        return await _calls.ReserveAsync(request, plan, reservation, cancellationToken) is null
            ? ReservedCalls.OnlyLooked(reservation, EndOf(plan))
            : await EndAsync(request, plan, reservation, cancellationToken);
    }

    private static string EndOf(ActionPlan plan) => $"end instance {plan.Preconditions["instance_id"]}";

    /// <summary>One in Standby is not among those that the group wants; one in service is, and another one takes its place.</summary>
    private Task<ActionOutcome> EndAsync(
        ActionRequest request, ActionPlan plan, Reservation reservation, CancellationToken cancellationToken)
    {
        var call = new TerminateInstanceInAutoScalingGroupRequest(
            plan.Preconditions["instance_id"], ShouldDecrementDesiredCapacity: false);
        return _calls.MakeAsync(
            request, reservation, EndOf(plan), (c, ct) => c.AutoScaling.ActAsync(call, ct), cancellationToken);
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
}
