using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.RebootInstance;

/// <summary>
/// Reboots the instance of a node, once. EC2 takes no token for it, so the node says before the call which start of the machine is to end;
/// whoever goes on with it only looks. It is proven by another boot id, a ready node, and every status check of EC2.
/// </summary>
internal sealed class RebootInstanceAction(ClusterApi cluster, AwsApi aws, InstanceReader instances) : IWatchedAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);

    /// <summary>EC2 itself waits four minutes for a system to shut down before it resets the machine (EC2 API, RebootInstances).</summary>
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(20);

    /// <summary>One that was started again and is not well by then was not repaired by that, and a stronger step may follow.</summary>
    private static readonly TimeSpan WellWithin = TimeSpan.FromMinutes(15);

    private readonly ReservedCalls _calls = new(cluster, aws, instances);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.reboot-instance",
        Class = ActionClass.Strong,
        Input = typeof(RebootInstanceInput),
        Summary = "Reboots the EC2 instance of a node, once for each start of it. Refuses where pods still run on the node, nothing of it "
            + "was kept as evidence, its Auto Scaling group would replace it, or cluster and EC2 do not mean the same machine.",
        Kinds = NodeReader.Kinds,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = RebootInstancePermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return PlanResult.Refused($"{request.Resource.Display} is not rebooted: {sight.Doubt}.");
        if ((RebootDoubt.ByFacts(found, request, "a reboot") ?? Doubt(found)) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not rebooted: {doubt}.");

        return PlanResult.Planned(new()
        {
            Summary = $"reboot instance {found.InstanceId} ({request.Resource.Display})",
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
        var (reservation, instanceId) = (Reserved(request, plan), plan.Preconditions["instance_id"]);
        var what = $"reboot instance {instanceId}";
        return await _calls.ReserveAsync(request, plan, reservation, cancellationToken) is null
            ? ReservedCalls.OnlyLooked(reservation, what)
            : await _calls.MakeAsync(
                request, reservation, what,
                async (c, ct) => (await c.Ec2Acts.RebootInstancesAsync(new() { InstanceIds = [instanceId] }, ct))
                    .ResponseMetadata?.RequestId ?? "without an id",
                cancellationToken);
    }

    /// <summary>The boot id is what is to change, so it is none of what tells the machine from another.</summary>
    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _calls.ProbeAsync(request, plan, Reserved(request, plan), cancellationToken);

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            // a Node may be gone for a moment; what is of another machine is told by its identity
            return new(ActState.InProgress, sight.Doubt!);
        if (found.State is not "running")
            return new(ActState.Failed, $"instance {found.InstanceId} is {found.State}: somebody has stopped or ended it meanwhile");
        if (found.Transition is { Length: > 0 } lifecycle)
            return new(ActState.Failed, $"its Auto Scaling group has taken instance {found.InstanceId} out of service: it is {lifecycle}");
        if (found.BootId == plan.Preconditions["boot_id"] || found.BootId.Length == 0)
            return new(ActState.InProgress, $"instance {found.InstanceId} has not started again yet, according to its kubelet");

        var ready = found.Node.Ready()?.Status == "True";
        var isLate = RebootMark.At(found.Node) is { } at && cluster.Time.GetUtcNow() - at >= WellWithin * request.DurationScale;
        return (ready, found.BadChecks) switch
        {
            (false, _) when isLate => new(
                ActState.Done,
                $"instance {found.InstanceId} was started again, and its node is not ready 15 minutes after that was asked for")
                { Changes = [new($"instance {found.InstanceId}", "boot_id", plan.Preconditions["boot_id"], found.BootId)] },
            (true, null) => new(ActState.Done, $"instance {found.InstanceId} was started again, its node is ready, and EC2's checks are ok")
                { Changes = [new($"instance {found.InstanceId}", "boot_id", plan.Preconditions["boot_id"], found.BootId)] },
            (false, _) => new(ActState.InProgress, $"instance {found.InstanceId} was started again; its node is not ready yet"),
            var (_, checks) => new(ActState.InProgress, $"instance {found.InstanceId} was started again and its node is ready; {checks}"),
        };
    }

    private Reservation Reserved(ActionRequest request, ActionPlan plan)
    {
        var (bootId, mark) = (plan.Preconditions["boot_id"], new RebootMark(plan.Preconditions["boot_id"], request.ActionId));
        return new()
        {
            IsOn = node => RebootMark.On(node) == mark,
            Doubt = (found, _) => Task.FromResult(
                found.BootId != bootId ? "it was started again since this was planned" : Doubt(found)),
            Mark = _ => mark.Set(cluster.Time.GetUtcNow()),
            Unmark = RebootMark.Clear,
            Began = new(bootId, LookAgain, Within),
        };
    }

    private static string? Doubt(NodeInstance found) =>
        RebootDoubt.Of(found) is { } doubt ? doubt
        : RebootMark.On(found.Node) is var mark && mark.BootId == found.BootId
            ? $"the action {mark.ActionId} has asked for that already since it last started"
        : null;
}
