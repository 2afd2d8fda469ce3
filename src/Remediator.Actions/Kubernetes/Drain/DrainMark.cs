using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Kubernetes.Drain;

/// <summary>What a drain writes on its node, and takes away again: nothing that was there before it.</summary>
internal static class DrainMark
{
    /// <summary>
    /// Cloud load balancers send nothing to nodes with this label (Kubernetes, "Well-known labels"); the value does not matter.
    /// </summary>
    private const string ExcludeFromLoadBalancers = "node.kubernetes.io/exclude-from-external-load-balancers";

    /// <summary>The action that drains the node; empty where none does.</summary>
    public static string DrainedBy(this V1Node node) => node.Annotation(Marks.Draining);

    /// <summary>That drain may have evicted something.</summary>
    public static bool IsEvicting(this V1Node node, string actionId) => node.Annotation(Marks.Evicting) == actionId;

    /// <summary>
    /// When what we have written on the node was written last, as the API server has it; null where it keeps no such record.
    /// </summary>
    public static DateTime? WrittenAt(this V1Node node) =>
        node.Metadata.ManagedFields?.Where(f => f.Manager == Marks.FieldManager && WritesMarks(f.FieldsV1)).Max(f => f.Time);

    /// <summary>Nothing new comes; nothing goes yet.</summary>
    public static NodeChange Begin(V1Node node, string actionId)
    {
        var change = new NodeChange { Annotations = new() { [Marks.Draining] = actionId } };
        if (!node.IsCordoned())
        {
            change.Spec["unschedulable"] = true;
            change.Annotations[Marks.Cordoned] = actionId;
        }
        else if (node.CordonedBy().Length > 0 && node.IsOursByRecord())
        {
            // one of the two is taken back in the end, and that is this one
            change.Annotations[Marks.Cordoned] = actionId;
            change.Annotations[Marks.CordonedBefore] = actionId;
        }

        return change;
    }

    /// <summary>Before the first eviction.</summary>
    public static NodeChange Evict(V1Node node, string actionId)
    {
        var change = new NodeChange { Annotations = new() { [Marks.Evicting] = actionId } };
        if (node.Metadata.Labels?.ContainsKey(ExcludeFromLoadBalancers) != true)
        {
            change.Labels[ExcludeFromLoadBalancers] = "";
            change.Annotations[Marks.OutOfLoadBalancers] = actionId;
        }

        return change;
    }

    /// <summary>
    /// Its pods are gone, and their volumes are waited for from now on. Under another name, so that <see cref="WrittenAt"/> remains.
    /// </summary>
    public static NodeChange Empty(string actionId, DateTimeOffset now) => new()
    {
        Annotations = new() { [Marks.Emptied] = string.Create(CultureInfo.InvariantCulture, $"{actionId} {now.ToUnixTimeSeconds()}") },
        Manager = $"{Marks.FieldManager}-volumes",
    };

    /// <summary>Since when that drain waits for volumes; null where it does not yet.</summary>
    public static DateTimeOffset? EmptiedAt(this V1Node node, string actionId) =>
        node.Annotation(Marks.Emptied).Split(' ') is [var action, var at] && action == actionId
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <param name="keepsOurCordon">A cordon of ours that was there before the drain stays.</param>
    /// <returns>Null where the node carries nothing of this action.</returns>
    public static NodeChange? Clear(V1Node node, string actionId, bool keepsOurCordon)
    {
        var change = new NodeChange();
        foreach (var mark in new[] { Marks.Draining, Marks.Evicting, Marks.OutOfLoadBalancers }.Where(m => node.Annotation(m) == actionId))
            change.Annotations[mark] = null;
        if (node.EmptiedAt(actionId) is not null)
            change.Annotations[Marks.Emptied] = null;
        if (node.Annotation(Marks.OutOfLoadBalancers) == actionId)
            change.Labels[ExcludeFromLoadBalancers] = null;
        if (node.CordonedBy() == actionId && !(keepsOurCordon && node.Annotation(Marks.CordonedBefore) == actionId))
        {
            change.Annotations[Marks.Cordoned] = null;
            if (node.Annotation(Marks.CordonedBefore) == actionId)
                change.Annotations[Marks.CordonedBefore] = null;
            if (node.IsCordoned() && node.IsOursByRecord())
                change.Spec["unschedulable"] = null;
        }

        return change.Annotations.Count > 0 ? change : null;
    }

    private static bool WritesMarks(object? fields) =>
        fields is not null && JsonNode.Parse(KubernetesJson.Serialize(fields))?["f:metadata"]?["f:annotations"] is JsonObject annotations
            && annotations.ContainsKey($"f:{Marks.Draining}");

    private static string Annotation(this V1Node node, string name) =>
        node.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : "";
}
