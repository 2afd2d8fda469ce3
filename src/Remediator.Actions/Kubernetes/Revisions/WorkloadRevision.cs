using System.Text.Json.Nodes;

namespace Remediator.Actions.Kubernetes.Revisions;

/// <summary>A pod template that a workload had: a ReplicaSet of a Deployment, or a ControllerRevision of a DaemonSet.</summary>
/// <param name="Number">Grows with every rollout; the highest is the newest.</param>
/// <param name="Hash">The label that its pods carry.</param>
/// <param name="Template">As the workload had it.</param>
/// <param name="AvailableNow">Pods of it serve at this moment.</param>
internal sealed record WorkloadRevision(
    string Name, string Uid, string Hash, long Number, DateTimeOffset? CreatedAt, JsonObject Template, bool AvailableNow)
{
    /// <summary>What its annotation <c>kubernetes.io/change-cause</c> says, which <c>kubectl rollout history</c> shows.</summary>
    public string? Cause { get; init; }

    public string Display => $"revision {Number} ({Name})";

    public bool IsThatOf(JsonObject template) => JsonNode.DeepEquals(Template, template);
}
