using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>What is changed on a node in one go; null takes away.</summary>
internal sealed record NodeChange
{
    public JsonObject Annotations { get; init; } = [];
    public JsonObject Labels { get; init; } = [];
    public JsonObject Spec { get; init; } = [];

    /// <summary>As whom the API server records it.</summary>
    public string Manager { get; init; } = Marks.FieldManager;
}

internal static class NodePatch
{
    /// <summary>A kubelet's heartbeat may change the node between our look and our patch, time and again.</summary>
    public const int Tries = 5;

    /// <returns>False where the node was changed since it was seen, and is to be looked at again.</returns>
    /// <param name="mayRepeat">Otherwise a changed node is a failure.</param>
    public static async Task<bool> TryPatchNodeAsync(
        this ClusterApi api, ActionRequest request, V1Node seen, NodeChange change, bool mayRepeat, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = seen.Metadata.Uid,
                ["resourceVersion"] = seen.Metadata.ResourceVersion,
                ["annotations"] = change.Annotations,
                ["labels"] = change.Labels,
            },
            ["spec"] = change.Spec,
        };
        try
        {
            await api.WriteAsync($"patch {request.Resource.Display}", request.NotAfter, (k, ct) => k.CoreV1.PatchNodeAsync(
                new V1Patch(patch.ToJsonString(), V1Patch.PatchType.StrategicMergePatch), request.Resource.Name,
                fieldManager: change.Manager, cancellationToken: ct),
                cancellationToken);
            return true;
        }
        catch (ActionFailedException e) when (mayRepeat && e.Status() is HttpStatusCode.Conflict)
        {
            return false;
        }
    }
}
