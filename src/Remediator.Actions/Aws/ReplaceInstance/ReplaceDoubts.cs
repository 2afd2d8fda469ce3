using k8s;
using k8s.Models;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.RebootInstance;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.ReplaceInstance;

/// <summary>Why an instance is not to be replaced.</summary>
internal sealed class ReplaceDoubts(ClusterApi cluster, InstanceReader instances)
{
    private const int MostNamed = 5;

    /// <summary>Who suspends one of these wants no instance to be launched or ended now, or none to be sent any work.</summary>
    private static readonly string[] Needed = ["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AddToLoadBalancer"];

    /// <summary>Before the group is asked for another one.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    public async Task<string?> AnyAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken) =>
        await OfMachineAsync(found, request, cancellationToken)
            ?? OfGroup(found) ?? OfOthers(found, await Replacement.NodesAsync(cluster, request, cancellationToken));

    /// <summary>What the machine has that would be lost with it. Asked again before the instance is ended.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    public async Task<string?> OfMachineAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken)
    {
        if (found.NotRunning is { } state)
            return state;
        if (found.Member is not { } member)
            return $"instance {found.InstanceId} belongs to no Auto Scaling group, and so nothing would take its place";
        if (found.Policy is not { MayReplace: true } policy)
            return $"the policy does not allow instances of Auto Scaling group {member.AutoScalingGroupName} to be replaced "
                + "(groups, replace: allowed)";
        if ((RebootDoubt.ByFacts(found, request, "its end") ?? OtherHands.On(found.Node) ?? found.Interruption) is { } doubt)
            return doubt;
        if (found.Node.Ready()?.Status == "True")
            return "it is ready";
        if (member.ProtectedFromScaleIn)
            return $"instance {found.InstanceId} is protected from scale-in: somebody wants to keep it";
        return policy.LosesLocalData ? null : await OfDataAsync(found, request, cancellationToken);
    }

    /// <summary>What the group does, or was told not to do.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    private static string? OfGroup(NodeInstance found)
    {
        if (found.Group is not { } group)
            return $"nothing is known of its Auto Scaling group {found.Member?.AutoScalingGroupName}";
        var name = $"its Auto Scaling group {group.AutoScalingGroupName}";
        if (group.Status.Length > 0)
            return $"{name} is being deleted ({group.Status})";
        if (group.SuspendedProcesses.Intersect(Needed).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } suspended)
            return $"somebody has suspended {string.Join(", ", suspended)} of {name[4..]}";
        if (group.ReusesInstances)
            return $"{name} keeps what it ends in its warm pool, so that the same machine would come back";
        if (found.Member is { LifecycleState: "InService", HealthStatus: var health }
            && !health.Equals("Healthy", StringComparison.OrdinalIgnoreCase))
            return $"{name} takes instance {found.InstanceId} for {health} and is about to replace it";
        if (found.Transition is { Length: > 0 } lifecycle)
            return $"{name} has instance {found.InstanceId} in {lifecycle}";
        if (group.Surplus is { } surplus)
            return surplus;
        return group.Instances.FirstOrDefault(i => i.InstanceId != found.InstanceId && i.LifecycleState is not ("InService" or "Standby"))
            is { } other
                ? $"{name} is at work: it has instance {other.InstanceId} in {other.LifecycleState}"
                : null;
    }

    /// <summary>One at a time for each group; and where one did not come about, the next would fare no better.</summary>
    /// <returns>Null where no other node of the group is being replaced.</returns>
    private static string? OfOthers(NodeInstance found, IEnumerable<V1Node> nodes) => (
        from node in nodes
        let mark = ReplaceMark.On(node)
        where mark.ActionId.Length > 0 && mark.Group == found.Member?.AutoScalingGroupName
            && node.Metadata.Name != found.Node.Metadata.Name && node.Ready()?.Status != "True"
        select $"node {node.Metadata.Name} of the same Auto Scaling group is being replaced, or could not be (action {mark.ActionId})")
        .FirstOrDefault();

    private async Task<string?> OfDataAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken)
    {
        const string Unless = "unless the policy says local_data: lost for its group";
        if (await instances.HasInstanceStoreAsync(found, request, cancellationToken))
            return $"instances of type {found.Instance.InstanceType} have an instance store, which is lost with them, {Unless}";
        var volumes = await cluster.PagesAsync<V1PersistentVolume, V1PersistentVolumeList>(
            "list the persistent volumes", request.NotAfter,
            (k, from, ct) => k.CoreV1.ListPersistentVolumeAsync(limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            v => v.Spec?.ClaimRef is not null && Names(v, found.Node), cancellationToken);
        var named = volumes.Take(MostNamed).Select(
            v => $"{v.Metadata.Name} (claim {v.Spec.ClaimRef.NamespaceProperty}/{v.Spec.ClaimRef.Name})").ToList();
        return named.Count == 0
            ? null
            : $"volumes are on this machine alone and would be lost with it, {Unless}: {string.Join(", ", named)}"
                + (volumes.Count > MostNamed ? $" and {volumes.Count - MostNamed} more" : "");
    }

    /// <summary>Storage of a machine is bound to its node by whatever label; its value is the node's name or host name.</summary>
    private static bool Names(V1PersistentVolume volume, V1Node node)
    {
        var name = node.Metadata.Name;
        var host = node.Metadata.Labels?.TryGetValue("kubernetes.io/hostname", out var label) == true ? label : name;
        return (volume.Spec.NodeAffinity?.Required?.NodeSelectorTerms ?? [])
            .SelectMany(t => (t.MatchExpressions ?? []).Concat(t.MatchFields ?? []))
            .Any(e => e.OperatorProperty == "In" && (e.Values ?? []).Any(v => v == name || v == host));
    }
}
