using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Resources;

namespace Remediator.Actions.Aws.OutOfService;

/// <summary>
/// Says that a machine is off, so that Kubernetes deletes its pods by force and detaches their volumes at once (Kubernetes, "Non-graceful
/// node shutdown handling"). On one that runs it would let two machines write to one volume. Ours is known by a mark that is written with
/// it.
/// </summary>
internal static class OutOfServiceTaint
{
    public const string Key = NodeOwners.OutOfService;

    private const string Mark = NodeOwners.OutOfServiceByUs;

    private static readonly V1Taint Taint = new() { Key = Key, Value = "nodeshutdown", Effect = "NoExecute" };

    public static bool IsOn(V1Node node) => node.Spec?.Taints?.Any(t => t.Key == Key) == true;

    /// <returns>The action that has written it; empty where none has.</returns>
    public static string By(V1Node node) => node.Metadata.Annotations?.TryGetValue(Mark, out var action) == true ? action : "";

    public static NodeChange Set(V1Node node, string actionId) => new()
    {
        Annotations = new() { [Mark] = actionId }, Spec = Taints(Others(node).Append(Taint)),
    };

    /// <summary>The mark stays.</summary>
    public static NodeChange TakeAway(V1Node node) => new() { Spec = Taints(Others(node)) };

    public static NodeChange Unmark() => new() { Annotations = new() { [Mark] = null } };

    private static IEnumerable<V1Taint> Others(V1Node node) => (node.Spec?.Taints ?? []).Where(t => t.Key != Key);

    /// <summary>The API knows the list as a whole alone.</summary>
    private static JsonObject Taints(IEnumerable<V1Taint> taints) =>
        new() { ["taints"] = JsonNode.Parse(KubernetesJson.Serialize(taints.ToList())) };
}
