using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Aws.RebootInstance;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.StopStartInstance;

/// <summary>
/// Stops the instance of a node and starts it again, so that it runs on other hardware. Each call to EC2 is reserved on the node and made
/// once; whoever goes on with it only looks. A start for which EC2 has no capacity is tried again until the time is over.
/// </summary>
internal sealed class StopStartInstanceAction(ClusterApi cluster, AwsApi aws, InstanceReader instances) : IWatchedAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(40);

    /// <summary>One that was started again and is not well by then was not repaired by that, and a stronger step may follow.</summary>
    private static readonly TimeSpan WellWithin = TimeSpan.FromMinutes(15);

    private readonly ReservedCalls _calls = new(cluster, aws, instances);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.stop-start-instance",
        Class = ActionClass.Strong,
        Input = typeof(StopStartInstanceInput),
        Summary = "Stops the EC2 instance of a node and starts it again, so that it runs on other hardware; only where EC2 says that its "
            + "hardware is bad. Refuses where pods still run on the node, nothing of it was kept as evidence, its Auto Scaling group would "
            + "replace it meanwhile, it is a spot instance, or data would be lost.",
        Kinds = NodeReader.Kinds,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = StopStartInstancePermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return PlanResult.Refused($"{request.Resource.Display} is not stopped and started: {sight.Doubt}.");
        if ((RebootDoubt.ByFacts(found, request, "a stop") ?? await DoubtAsync(found, request, cancellationToken)) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not stopped and started: {doubt}.");

        return PlanResult.Planned(new()
        {
            Summary = $"stop instance {found.InstanceId} ({request.Resource.Display}) and start it on other hardware, since "
                + found.BadHardware + (found.LosesItsPublicAddress ? "; its public address becomes another one" : ""),
            Changes = [new($"instance {found.InstanceId}", "boot_id", found.BootId, "another one")],
            Preconditions = new Dictionary<string, string>
            {
                ["uid"] = found.Node.Metadata.Uid,
                ["instance_id"] = found.InstanceId,
                ["boot_id"] = found.BootId,
            },
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (begin, id) = (Begin(request, plan), plan.Preconditions["instance_id"]);
        return await _calls.ReserveAsync(request, plan, begin, cancellationToken) is null
            ? await GoOnAsync(request, plan, cancellationToken)
            : await _calls.MakeAsync(
                request, begin, $"stop instance {id}",
                async (c, ct) => Id(await c.Ec2Acts.StopInstancesAsync(new() { InstanceIds = [id] }, ct)),
                cancellationToken);
    }

    /// <summary>The boot id is what is to change, so it is none of what tells the machine from another.</summary>
    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _calls.ProbeAsync(request, plan, Begin(request, plan), cancellationToken);

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return new(ActState.InProgress, sight.Doubt!);
        var id = found.InstanceId;
        if (Agreement.IsGone(found.Instance))
            return new(ActState.Failed, $"instance {id} is {found.State}: somebody has ended it meanwhile");
        if (WhyNotInItsGroup(found) is { } taken)
            return new(ActState.Failed, $"{taken}: it is {found.State}");
        if (found.State is not "running")
            return IsAskedToStart(found, request) && !HadNoRoom(found)
                ? new(ActState.InProgress, $"instance {id} is {found.State}, and EC2 was asked to start it")
                : new(ActState.InProgress, $"instance {id} is {found.State}") { NeedsPush = found.State is "stopped" };
        // it was seen to be stopped before its start was asked for, so that it runs again is proven without a word of its kubelet
        var isSilent = found.Node.Ready()?.Status != "True" && IsAskedToStart(found, request) && IsLate(found, request);
        return isSilent || found.BootId != plan.Preconditions["boot_id"]
            ? Started(found, plan, request)
            : new(ActState.InProgress, $"instance {id} runs, and has not started again yet, according to its kubelet");
    }

    private static bool IsAskedToStart(NodeInstance found, ActionRequest request) =>
        StopStartMark.On(found.Node) is { Asked: StopStartMark.Start } mark && mark.ActionId == request.ActionId;

    /// <summary>
    /// It began to start, and was stopped again, since there was no capacity for it (EC2 API, StateReason): the same as where EC2 refuses.
    /// </summary>
    private static bool HadNoRoom(NodeInstance found) =>
        found.State is "stopped" && found.Instance.StateReason?.Code == "Server.InsufficientInstanceCapacity";

    private bool IsLate(NodeInstance found, ActionRequest request) =>
        StopStartMark.At(found.Node) is { } at && cluster.Time.GetUtcNow() - at >= WellWithin * request.DurationScale;

    private ActStatus Started(NodeInstance found, ActionPlan plan, ActionRequest request)
    {
        var id = found.InstanceId;
        ActStatus Done(string seen) => new(ActState.Done, seen)
            { Changes = [new($"instance {id}", "boot_id", plan.Preconditions["boot_id"], found.BootId)] };
        if (found.Node.Ready()?.Status == "True")
            return found.BadChecks is { } checks
                ? new(ActState.InProgress, $"instance {id} was stopped and started and its node is ready; {checks}")
                : Done($"instance {id} was stopped and started, its node is ready, and EC2's checks are ok");
        return IsLate(found, request)
            ? Done($"instance {id} was stopped and started, and its node is not ready 15 minutes after that was asked for")
            : new(ActState.InProgress, $"instance {id} was stopped and started; its node is not ready yet");
    }

    /// <summary>Starts it, once it is stopped.</summary>
    private async Task<ActionOutcome> GoOnAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (begin, id) = (Begin(request, plan), plan.Preconditions["instance_id"]);
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            throw new ActionFailedException(FailureKind.Transient, $"{request.Resource.Display}: {sight.Doubt}.");
        var asked = StopStartMark.On(found.Node);
        var wasAsked = asked.Asked is StopStartMark.Start;
        if (found.State is not "stopped" || (wasAsked && !HadNoRoom(found)))
            return ReservedCalls.OnlyLooked(begin, $"{asked.Asked} instance {id}");

        var (stopped, start) = (asked with { Asked = StopStartMark.Stop }, asked with { Asked = StopStartMark.Start });
        var reservation = begin with
        {
            IsOn = node => StopStartMark.On(node) == start,
            Doubt = (f, _) => Task.FromResult(
                f.State is not "stopped" ? $"instance {id} is {f.State}" : WhyNotInItsGroup(f)),
            Mark = _ => start.Set(cluster.Time.GetUtcNow()),
            Unmark = () => stopped.Set(cluster.Time.GetUtcNow()),
            Otherwise = "it is not started",
        };
        if (wasAsked)
            await _calls.TryReleaseAsync(request, reservation, cancellationToken);
        return await _calls.ReserveAsync(request, plan, reservation, cancellationToken) is null
            ? ReservedCalls.OnlyLooked(reservation, $"start instance {id}")
            : await _calls.MakeAsync(
                request, reservation, $"start instance {id}",
                async (c, ct) => Id(await c.Ec2Acts.StartInstancesAsync(new() { InstanceIds = [id] }, ct)),
                cancellationToken);
    }

    private Reservation Begin(ActionRequest request, ActionPlan plan)
    {
        var (bootId, mark) = (
            plan.Preconditions["boot_id"], new StopStartMark(request.ActionId, plan.Preconditions["boot_id"], StopStartMark.Stop));
        return new()
        {
            IsOn = node => StopStartMark.On(node).ActionId == request.ActionId,
            Doubt = async (found, ct) => found.BootId != bootId
                ? "it was started again since this was planned"
                : await DoubtAsync(found, request, ct),
            Mark = _ => mark.Set(cluster.Time.GetUtcNow()),
            Unmark = StopStartMark.Clear,
            Began = new(bootId, LookAgain, Within),
        };
    }

    private async Task<string?> DoubtAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken) =>
        StopStartDoubt.Of(found) ?? await MoveDoubt.OfAsync(found, instances, request, cancellationToken);

    private static string? WhyNotInItsGroup(NodeInstance found) => found.Member is { LifecycleState: not "Standby" } member
        ? $"somebody has taken instance {found.InstanceId} out of Standby in Auto Scaling group {member.AutoScalingGroupName} "
            + $"({member.LifecycleState})"
        : null;

    private static string Id(Amazon.Runtime.AmazonWebServiceResponse answer) => answer.ResponseMetadata?.RequestId ?? "without an id";
}
