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
    private readonly ReservedCalls _calls = new(cluster, aws, instances);

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
        if (await DoubtAsync(found, request, cancellationToken) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not put in Standby: {doubt}.");

        var (group, keeps) = (found.Group!, Capacity(request) is StandbyCapacity.Keep);
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
        var (reservation, what) = (Reserved(request), $"put instance {instanceId} in Standby");
        return await _calls.ReserveAsync(request, plan, reservation, cancellationToken) is null
            ? ReservedCalls.OnlyLooked(reservation, what)
            : await _calls.MakeAsync(
                request, reservation, what,
                (c, ct) => c.AutoScaling.ActAsync(new EnterStandbyRequest(
                    group, instanceId, ShouldDecrementDesiredCapacity: Capacity(request) is StandbyCapacity.Lower), ct),
                cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _calls.ProbeAsync(request, plan, Reserved(request), cancellationToken);

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
            await _calls.TryReleaseAsync(request, Reserved(request), cancellationToken);
            return new($"Instance {instanceId} is in service in Auto Scaling group {group}.")
                { Changes = [new($"instance {instanceId}", "lifecycle", "Standby", "InService")] };
        }

        if (StandbyMark.On(sight.Node) != request.ActionId)
            return new($"{request.Resource.Display} does not carry the mark of this action any more; what is in Standby stays there.");
        if (sight.Found is not { } found)
            throw new ActionFailedException(FailureKind.Transient, $"{request.Resource.Display}: {sight.Doubt}.");
        if (found.State is not "running" || found.Member is not { LifecycleState: var lifecycle } || found.InstanceId != instanceId)
        {
            await _calls.TryReleaseAsync(request, Reserved(request), cancellationToken);
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

    private Reservation Reserved(ActionRequest request) => new()
    {
        IsOn = node => StandbyMark.On(node) == request.ActionId,
        Doubt = async (found, ct) => StandbyMark.On(found.Node) is { Length: > 0 } other
            ? $"the action {other} has put it in Standby"
            : await DoubtAsync(found, request, ct),
        Mark = found => StandbyMark.Set(
            request.ActionId, Capacity(request) is StandbyCapacity.Keep ? found.Group!.InstanceIds : null),
        Unmark = StandbyMark.Clear,
        Began = Began(Entering, Within),
    };

    /// <returns>Null where nothing speaks against it.</returns>
    private async Task<string?> DoubtAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken)
    {
        if ((StandbyDoubt.Of(found, Capacity(request))
            ?? (Capacity(request) is StandbyCapacity.Keep ? await _replacing.AnyAsync(found, request, cancellationToken) : null))
            is { } doubt)
            return doubt;
        var group = found.Group!.AutoScalingGroupName;
        return (await instances.ActivitiesAsync(group, request, cancellationToken)).FirstOrDefault(a => a.GoesOn) is { } busy
            ? $"its Auto Scaling group {group} is at work ({busy.Description})"
            : null;
    }
}
