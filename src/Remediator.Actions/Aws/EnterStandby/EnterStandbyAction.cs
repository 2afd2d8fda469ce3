using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.EnterStandby;

/// <summary>
/// Takes a node's instance out of service in its Auto Scaling group, so that the group does not replace it while it is repaired, and brings
/// it back when the node is ready and every status check of EC2 is ok. What somebody else has put in Standby stays there. Where the
/// capacity of the group is kept, the group launches another one, which <see cref="ReplaceInstanceAction"/> waits for.
/// </summary>
internal sealed class EnterStandbyAction(ClusterApi cluster, AwsApi aws, InstanceReader instances) : IWatchedAction, IUndoableAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    /// <summary>EC2's checks take some minutes after a start.</summary>
    private static readonly TimeSpan BackWithin = TimeSpan.FromMinutes(30);

    private readonly ReplaceDoubts _replacing = new(cluster, instances);

    private const string Entering = "enter-standby";
    private const string Exiting = "exit-standby";

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.enter-standby",
        Class = ActionClass.Strong,
        Input = typeof(EnterStandbyInput),
        Summary = "Puts the EC2 instance of a node in Standby, so that its Auto Scaling group does not replace it, and lowers the desired "
            + "capacity by one, or keeps it, so that the group launches another instance; brings it back once the node is ready and EC2's "
            + "checks are ok.",
        Kinds = NodeReader.Kinds,
        Temporary = true,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = EnterStandbyPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return PlanResult.Refused($"{request.Resource.Display} is not put in Standby: {sight.Doubt}.");
        var keeps = Capacity(request) is StandbyCapacity.Keep;
        if ((StandbyDoubt.Of(found, Capacity(request))
            ?? (keeps ? await _replacing.AnyAsync(found, request, cancellationToken) : null)) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not put in Standby: {doubt}.");
        var group = found.Group!;
        var activities = await instances.ActivitiesAsync(group.AutoScalingGroupName, request, cancellationToken);
        if (activities.FirstOrDefault(a => a.GoesOn) is { } busy)
            return PlanResult.Refused(
                $"{request.Resource.Display} is not put in Standby: its Auto Scaling group {group.AutoScalingGroupName} is at work "
                    + $"({busy.Description}).");

        return PlanResult.Planned(new()
        {
            Summary = $"put instance {found.InstanceId} ({request.Resource.Display}) in Standby in Auto Scaling group "
                + $"{group.AutoScalingGroupName}, which {(keeps ? "launches another one" : "wants one instance less meanwhile")}",
            Changes =
            [
                new($"instance {found.InstanceId}", "lifecycle", "InService", "Standby"),
                new($"group {group.AutoScalingGroupName}", "desired capacity", "as it is", keeps ? "the same" : "one less"),
            ],
            Preconditions = new Dictionary<string, string>
            {
                ["uid"] = found.Node.Metadata.Uid,
                ["instance_id"] = found.InstanceId,
            },
            Parameters = new Dictionary<string, string> { ["group"] = group.AutoScalingGroupName },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (instanceId, group) = (plan.Preconditions["instance_id"], plan.Parameters["group"]);
        if (await ReserveAsync(request, plan, cancellationToken) is { } begun)
            return begun;

        try
        {
            var requestId = await aws.ActAsync(
                $"put instance {instanceId} in Standby", request.NotAfter,
                (c, ct) => c.AutoScaling.ActAsync(new EnterStandbyRequest(
                    group, instanceId, ShouldDecrementDesiredCapacity: Capacity(request) is StandbyCapacity.Lower), ct),
                cancellationToken);
            return new($"EC2 Auto Scaling puts instance {instanceId} in Standby (request {requestId}).")
                { Began = Began(Entering, Within) };
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return new($"{e.Message} Whether it was accepted is seen by its lifecycle; it is not asked for again.")
                { Began = Began(Entering, Within) };
        }
        catch (ActionFailedException)
        {
            await TryClearAsync(request, cancellationToken);
            throw;
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
        return StandbyMark.On(node) == request.ActionId
            ? new(ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action; it may have been asked for.")
                { Began = Began(Entering, Within) }
            : new(
                ProbeAnswer.DidNotHappen,
                $"{request.Resource.Display} does not carry the mark of this action, which is written before the call.");
    }

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return new(ActState.InProgress, sight.Doubt!);
        var lifecycle = found.Member?.LifecycleState ?? "";
        if (Agreement.IsGone(found.Instance) || lifecycle.Length == 0 || lifecycle.StartsWith("Terminat", StringComparison.Ordinal))
            return new(
                ActState.Failed, $"instance {found.InstanceId} is {found.State} and {(lifecycle.Length > 0 ? lifecycle : "in no group")}");
        if (handle == Entering)
            return lifecycle == "Standby"
                ? new(ActState.Done, $"instance {found.InstanceId} is in Standby") { Changes = plan.Changes }
                : new(ActState.InProgress, $"instance {found.InstanceId} is {lifecycle}");
        if (lifecycle == "InService")
            return new(ActState.InProgress, $"instance {found.InstanceId} is in service again") { NeedsPush = true };
        return WhyNotBack(found) is { } why
            ? new(ActState.InProgress, $"instance {found.InstanceId} is {lifecycle}: {why}")
            : new(ActState.InProgress, $"instance {found.InstanceId} is {lifecycle}, and well") { NeedsPush = lifecycle == "Standby" };
    }

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (instanceId, group) = (plan.Preconditions["instance_id"], plan.Parameters["group"]);
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Node is null || sight.Node.Metadata.Uid != plan.Preconditions["uid"])
            return new($"The {request.Resource.Display} that was planned for is gone; there is nothing to bring back.");
        if (sight.Found is { Member.LifecycleState: "InService" } back && back.InstanceId == instanceId)
        {
            // asked for again, it finds the mark gone
            await TryClearAsync(request, cancellationToken);
            return new($"Instance {instanceId} is in service in Auto Scaling group {group}.")
                { Changes = [new($"instance {instanceId}", "lifecycle", "Standby", "InService")] };
        }

        if (StandbyMark.On(sight.Node) != request.ActionId)
            return new($"{request.Resource.Display} does not carry the mark of this action any more; what is in Standby stays there.");
        if (sight.Found is not { } found)
            throw new ActionFailedException(FailureKind.Transient, $"{request.Resource.Display}: {sight.Doubt}.");
        if (found.State is not "running" || found.Member is not { LifecycleState: var lifecycle } || found.InstanceId != instanceId)
        {
            await TryClearAsync(request, cancellationToken);
            return new($"Instance {instanceId} is {found.State}, or in no group; there is nothing to bring back.");
        }

        if (lifecycle != "Standby" || WhyNotBack(found) is not null)
            return new($"Instance {instanceId} is {lifecycle}{(WhyNotBack(found) is { } why ? $": {why}" : "")}.")
                { Began = Began(Exiting, BackWithin) };
        try
        {
            var requestId = await aws.ActAsync(
                $"bring instance {instanceId} back from Standby", request.NotAfter,
                (c, ct) => c.AutoScaling.ActAsync(new ExitStandbyRequest(group, instanceId), ct), cancellationToken);
            return new($"EC2 Auto Scaling brings instance {instanceId} back (request {requestId}).") { Began = Began(Exiting, BackWithin) };
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return new($"{e.Message} Whether it was accepted is seen by its lifecycle.") { Began = Began(Exiting, BackWithin) };
        }
    }

    private static Began Began(string handle, TimeSpan within) => new(handle, LookAgain, within);

    private static StandbyCapacity Capacity(ActionRequest request) => ((EnterStandbyInput)request.Input).Capacity;

    /// <summary>In service it would be replaced at once if a check were bad.</summary>
    private static string? WhyNotBack(NodeInstance found) =>
        found.Node.Ready()?.Status != "True" ? "its node is not ready"
        : found.BadChecks is { } checks ? checks
        : found.Group is { } group && group.DesiredCapacity + 1 > group.MaxSize
            ? $"its Auto Scaling group {group.AutoScalingGroupName} wants its maximum of {group.MaxSize} already"
        : null;

    /// <returns>Null where the call is to be made, by this one alone; else how it stands.</returns>
    private async Task<ActionOutcome?> ReserveAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sight = await instances.ReadAsync(request, cancellationToken);
            if (sight.Node is not { } node || node.Metadata.Uid != plan.Preconditions["uid"])
                throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
            if (StandbyMark.On(node) == request.ActionId)
                return new($"Standby of instance {plan.Preconditions["instance_id"]} was asked for before; it is only looked at.")
                    { Began = Began(Entering, Within) };
            var why = StandbyMark.On(node) is { Length: > 0 } other ? $"the action {other} has put it in Standby"
                : sight.Found is not { } found ? sight.Doubt
                : found.InstanceId != plan.Preconditions["instance_id"] ? $"it is instance {found.InstanceId} now"
                : StandbyDoubt.Of(found, Capacity(request));
            if (why is not null)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {why}; nothing was done.");
            var before = Capacity(request) is StandbyCapacity.Keep ? sight.Found!.Group!.InstanceIds : null;
            if (await cluster.TryPatchNodeAsync(
                request, node, StandbyMark.Set(request.ActionId, before), mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return null;
        }
    }

    /// <summary>Where that fails, the mark stays: it only says which action it was.</summary>
    private async Task TryClearAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; attempt <= NodePatch.Tries; attempt++)
            {
                var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
                if (node is null || StandbyMark.On(node) != request.ActionId
                    || await cluster.TryPatchNodeAsync(request, node, StandbyMark.Clear(), mayRepeat: true, cancellationToken))
                    return;
            }
        }
        catch (ActionFailedException)
        {
            // what was asked of the group matters more
        }
    }
}
