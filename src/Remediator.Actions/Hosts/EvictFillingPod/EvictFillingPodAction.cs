using System.Globalization;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.EvictFillingPod;

/// <summary>
/// Evicts the one pod of a node that has filled its disk with an emptyDir, before the kubelet ends pods, which asks no disruption budget
/// and keeps new ones away from the whole node. Nothing in the volume is touched: it goes with its pod.
/// </summary>
internal sealed class EvictFillingPodAction(Machines machines, ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    /// <summary>The kubelet takes the volumes of a pod away soon after its end.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    /// <summary>What a look at the machine may take.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(35);

    private readonly EmptyDirReader _reader = new(machines, api, workloads);
    private readonly PodRemoval _pods = new(api, workloads);
    private readonly EvictPodAction _evict = new(api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.evict-filling-pod",
        Class = ActionClass.Strong,
        Input = typeof(EvictFillingPodInput),
        Summary = "Evicts the pod of a node that has most in its emptyDir volumes on a file system of it, with what it has there: one of a "
            + "Deployment whose other pods are ready, which has more than it asked for, and no files of a database. Respects disruption "
            + "budgets, and waits for them.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(5),
        Permissions =
        [
            .. EmptyDirReader.Permissions, .. EvictPodPermissions.All, new KubernetesPermission("", "nodes", "get"),
        ],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (host.Node.Length == 0)
            return PlanResult.Refused($"Host {host.Name} is no node, and has no pods.");
        var key = new ResourceKey(request.Resource.Cluster, ResourceKinds.Node, "", host.Node);
        if (await api.FindNodeAsync(key, request.NotAfter, cancellationToken) is not { } node)
            return PlanResult.Refused($"There is no node {host.Node}, which host {host.Name} should be.");
        var seen = await _reader.ReadAsync(request, host, cancellationToken);
        if (node.Status?.NodeInfo?.MachineID != seen.State.Identity["machine_id"])
            return PlanResult.Refused($"Node {host.Node} is another machine than host {host.Name}: their machine ids differ.");
        if (seen.Worst is not { } worst)
            return PlanResult.Refused($"No pod of node {host.Node} is seen to have anything in an emptyDir on {mountPoint}.");
        if (seen.Doubt is { } doubt)
            return PlanResult.Refused($"{worst.Describe(mountPoint)}, and is not evicted: {doubt}.");
        return request.Facts.Named("emptydir").Any(f => f["uid"] == worst.Uid && f["evict"] == "yes")
            ? PlanResult.Planned(Plan(worst, host, mountPoint))
            : throw new ActionFailedException(
                FailureKind.Transient,
                $"{worst.Name} has most on {mountPoint} of host {host.Name} now; it was not so when it was looked at.");
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var before = await _reader.StateAsync(request, cancellationToken);
        var outcome = await _evict.ApplyAsync(request, plan, cancellationToken);
        // whoever has removed it has won the room, too
        if (outcome.Changes.Count == 0)
            return outcome;
        return await AfterAsync(request, plan, cancellationToken) is { } after
            ? outcome with
            {
                Message = $"{PodRemoval.Name(plan)} was evicted from host {host.Name}, and what it had on {mountPoint} is gone with it"
                    + $"{(after.Reached.Length > 0 ? $" (reached by {after.Reached.TrimEnd('.')})" : "")}.",
                Gains =
                [
                    new(plan.Gains[0].Of, after.Available - before.Available),
                    // those in use: XFS makes more wherever there is room
                    new(plan.Gains[1].Of, before.Inodes - before.InodesFree - (after.Inodes - after.InodesFree)),
                ],
            }
            : outcome with
            {
                Message = $"{PodRemoval.Name(plan)} was evicted from host {host.Name}; what it has on {mountPoint} is not gone yet.",
            };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.IdentifyAsync(request, plan, cancellationToken);

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        _pods.ProbeAsync(plan, cancellationToken);

    private static ActionPlan Plan(EmptyDirPod worst, ManagedHost host, string mountPoint)
    {
        var (name, owner) = (PodTargets.Name(worst.Pod!), worst.Owner!.Value);
        var volumes = string.Join(", ", worst.Volumes.Select(v => v.Name).Order(StringComparer.Ordinal));
        return new()
        {
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"evict {name} on {host.Node}, which has {EmptyDirPod.Size(worst.Bytes)} in its emptyDir {worst.Worst.Name}, "
                    + $"{worst.SizePercent:0.#}% of {mountPoint}; that is lost, and {owner.Display} makes a new pod"),
            Changes =
            [
                new(name, "metadata.deletionTimestamp", $"none (uid {worst.Uid})", "set, with the pod's own grace period"),
                new(name, $"emptyDir {volumes}", "there", "lost"),
            ],
            Preconditions = new Dictionary<string, string> { ["uid"] = worst.Uid },
            Parameters = new Dictionary<string, string>
            {
                ["namespace"] = worst.Pod!.Metadata.NamespaceProperty,
                ["pod"] = worst.Pod.Metadata.Name,
            },
            // nobody else may take one of its pods away meanwhile
            Takes = new(owner.ToString(), TimeSpan.FromMinutes(10)),
            Gains = [new($"bytes on {mountPoint}", worst.Bytes), new($"inodes on {mountPoint}", worst.Files)],
        };
    }

    /// <returns>Null where the pod, or what it has, is not gone in time, or the machine does not say so.</returns>
    private async Task<EmptyDirState?> AfterAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            while (api.Time.GetUtcNow() + Margin < request.NotAfter)
            {
                if (await _pods.FindAsync(plan, request.NotAfter, cancellationToken) is null
                    && await _reader.StateAsync(request, cancellationToken) is var after
                    && !after.IsCut && !after.IsHidden && after.Volumes.All(v => v.Pod != plan.Preconditions["uid"]))
                    return after;
                await Task.Delay(Round * request.DurationScale, api.Time, cancellationToken);
            }
        }
        catch (ActionFailedException)
        {
            // it is evicted, whether or not that can be seen here
        }

        return null;
    }
}
