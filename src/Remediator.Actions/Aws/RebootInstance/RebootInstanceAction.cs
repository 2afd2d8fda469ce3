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
        if ((RebootDoubt.ByFacts(found, request, "a reboot") ?? RebootDoubt.Of(found)) is { } doubt)
            return PlanResult.Refused($"{request.Resource.Display} is not rebooted: {doubt}.");
        if (RebootMark.On(found.Node) is var mark && mark.BootId == found.BootId)
            return PlanResult.Refused(
                $"{request.Resource.Display} is not rebooted: the action {mark.ActionId} has asked for that already since it last "
                    + "started.");

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
        var (instanceId, bootId) = (plan.Preconditions["instance_id"], plan.Preconditions["boot_id"]);
        if (await ReserveAsync(request, plan, cancellationToken) is { } begun)
            return begun;

        try
        {
            var answer = await aws.ActAsync(
                $"reboot instance {instanceId}", request.NotAfter,
                (c, ct) => c.Ec2Acts.RebootInstancesAsync(new() { InstanceIds = [instanceId] }, ct), cancellationToken);
            return new($"EC2 has accepted the reboot of instance {instanceId} (request {answer.ResponseMetadata?.RequestId}).")
                { Began = Began(bootId) };
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return new($"{e.Message} It is not known whether the reboot was accepted; it is not asked for again.")
                { Began = Began(bootId) };
        }
        catch (ActionFailedException)
        {
            // it was certainly not accepted
            await ReleaseAsync(request, cancellationToken);
            throw;
        }
    }

    /// <summary>The boot id is what is to change, so it is none of what tells the machine from another.</summary>
    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        instances.IdentifyAsync(request, cancellationToken);

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var node = await cluster.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (node is null || node.Metadata.Uid != plan.Preconditions["uid"])
            return new(ProbeAnswer.Unknown, $"The {request.Resource.Display} that was planned for no longer exists.");
        if (RebootMark.On(node) == MarkOf(request, plan))
            return new(
                ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action; the reboot may have been asked for.")
                { Began = Began(plan.Preconditions["boot_id"]) };
        return new(
            ProbeAnswer.DidNotHappen,
            $"{request.Resource.Display} does not carry the mark of this action, which is written before the call.");
    }

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
            return new(ActState.InProgress, $"instance {found.InstanceId} has not started again yet, as far as its kubelet says");

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

    private static Began Began(string bootId) => new(bootId, LookAgain, Within);

    private static RebootMark MarkOf(ActionRequest request, ActionPlan plan) => new(plan.Preconditions["boot_id"], request.ActionId);

    /// <returns>Null where the call is to be made, by this one alone; else how it stands.</returns>
    private async Task<ActionOutcome?> ReserveAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sight = await instances.ReadAsync(request, cancellationToken);
            if (sight.Node is not { } node || node.Metadata.Uid != plan.Preconditions["uid"])
                throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
            if (RebootMark.On(node) == MarkOf(request, plan))
                return new($"The reboot of instance {plan.Preconditions["instance_id"]} was asked for before; it is only looked at.")
                    { Began = Began(plan.Preconditions["boot_id"]) };
            if (WhyNotNow(sight, plan) is { } why)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {why}; nothing was done.");
            var mark = MarkOf(request, plan).Set(cluster.Time.GetUtcNow());
            if (await cluster.TryPatchNodeAsync(request, node, mark, mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return null;
        }
    }

    private static string? WhyNotNow(InstanceSight sight, ActionPlan plan) =>
        sight.Found is not { } found ? sight.Doubt
        : found.InstanceId != plan.Preconditions["instance_id"] ? $"it is instance {found.InstanceId} now"
        : found.BootId != plan.Preconditions["boot_id"] ? "it was started again since this was planned"
        : RebootMark.On(found.Node) is var mark && mark.BootId == found.BootId
            ? $"the action {mark.ActionId} has asked for a reboot already"
        : RebootDoubt.Of(found);

    /// <summary>Where that fails, the mark stays, and this start of the machine is left to people.</summary>
    private async Task ReleaseAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
            if (node is not null && RebootMark.On(node).ActionId == request.ActionId)
                await cluster.TryPatchNodeAsync(request, node, RebootMark.Clear(), mayRepeat: true, cancellationToken);
        }
        catch (ActionFailedException)
        {
            // what matters is why the reboot was refused
        }
    }
}
