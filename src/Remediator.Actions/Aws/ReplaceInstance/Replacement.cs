using k8s;
using k8s.Models;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.ReplaceInstance;

/// <summary>What a group has launched in place of an instance, and whether that is well.</summary>
/// <param name="Well">The instance that is; null where none is.</param>
/// <param name="Seen">In words, without times.</param>
internal sealed record Replacement(string? Well, string Seen)
{
    /// <param name="before">The instances that the group had before it was asked for another one.</param>
    public static async Task<Replacement> OfAsync(
        ClusterApi cluster, InstanceReader instances, NodeInstance old, IReadOnlyList<string> before, ActionRequest request,
        CancellationToken cancellationToken)
    {
        var group = old.Group!;
        var launched = group.Instances.Where(i => i.InstanceId != old.InstanceId && !before.Contains(i.InstanceId)).ToList();
        if (launched.Count == 0)
        {
            var activities = await instances.ActivitiesAsync(group.AutoScalingGroupName, request, cancellationToken);
            return new(
                null, $"Auto Scaling group {group.AutoScalingGroupName} has not launched another instance yet"
                    + (activities is [{ StatusCode: "Failed", StatusMessage: var why }, ..] ? $"; its last try failed: {why}" : ""));
        }

        var nodes = await NodesAsync(cluster, request, cancellationToken);
        var seen = new List<string>();
        foreach (var instance in launched)
        {
            if (await WhyNotWellAsync(cluster, instances, instance, nodes, request, cancellationToken) is not { } why)
                return new(instance.InstanceId, $"instance {instance.InstanceId} runs well in its place");
            seen.Add($"instance {instance.InstanceId}, which was launched in its place, {why}");
        }

        return new(null, string.Join("; ", seen));
    }

    public static Task<IReadOnlyList<V1Node>> NodesAsync(ClusterApi cluster, ActionRequest request, CancellationToken cancellationToken) =>
        cluster.PagesAsync<V1Node, V1NodeList>(
            "list the nodes", request.NotAfter,
            (k, from, ct) => k.CoreV1.ListNodeAsync(limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            _ => true, cancellationToken);

    private static async Task<string?> WhyNotWellAsync(
        ClusterApi cluster, InstanceReader instances, GroupInstance instance, IReadOnlyList<V1Node> nodes, ActionRequest request,
        CancellationToken cancellationToken)
    {
        if (instance.LifecycleState is not "InService")
            return $"is {instance.LifecycleState}";
        var its = nodes.Where(n => ProviderId.Parse(n.Spec?.ProviderID)?.InstanceId == instance.InstanceId).ToList();
        if (its is not [var node])
            return its.Count == 0
                ? "has not joined the cluster"
                : $"has several nodes: {string.Join(", ", its.Select(n => n.Metadata.Name).Order(StringComparer.Ordinal))}";
        var sight = await instances.ReadAsync(node, ProviderId.Parse(node.Spec.ProviderID)!, request, cancellationToken);
        if (sight.Found is not { } found)
            return $"is not certainly node {node.Metadata.Name}: {sight.Doubt}";
        if (node.Ready() is not { Status: "True" } ready)
            return $"is node {node.Metadata.Name}, which is not ready";
        if (node.IsCordoned())
            return $"is node {node.Metadata.Name}, which is cordoned";
        if (found.BadChecks is { } checks)
            return $"is node {node.Metadata.Name}; {checks}";
        if (await WhyNoWorkAsync(cluster, node, request, cancellationToken) is { } pods)
            return $"is node {node.Metadata.Name}, {pods}";
        var wellFor = ((ReplaceInstanceInput)request.Input).WellFor * request.DurationScale;
        return cluster.Time.GetUtcNow().UtcDateTime - ready.LastTransitionTime >= wellFor
            ? null
            : $"is node {node.Metadata.Name}, which has not been ready for long enough";
    }

    /// <summary>Static pods say nothing: nobody has scheduled them.</summary>
    private static async Task<string?> WhyNoWorkAsync(
        ClusterApi cluster, V1Node node, ActionRequest request, CancellationToken cancellationToken)
    {
        var pods = (await cluster.PagesAsync<V1Pod, V1PodList>(
            $"list the pods on node {node.Metadata.Name}", request.NotAfter, (k, from, ct) => k.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={node.Metadata.Name}", limit: ClusterApi.PageSize, continueParameter: from,
                cancellationToken: ct),
            p => p.Controller()?.Kind is not "Node", cancellationToken)).ToList();
        return pods.Find(p => p.Controller()?.Kind is "DaemonSet" && !p.IsReady()) is { } sick
            ? $"on which {sick.Metadata.NamespaceProperty}/{sick.Metadata.Name} of a DaemonSet is not ready"
            : pods.Exists(p => p.IsReady()) ? null : "which carries no pod that is ready";
    }
}
