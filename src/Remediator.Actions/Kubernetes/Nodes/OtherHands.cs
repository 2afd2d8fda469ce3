using k8s.Models;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>Whether another program is at work on a node, as the node itself says it now.</summary>
internal static class OtherHands
{
    /// <returns>Null where nobody has marked the node.</returns>
    public static string? On(V1Node node) => NodeOwners.Of(
        (node.Spec?.Taints ?? []).Select(t => t.Key),
        (node.Metadata?.Annotations ?? NoMarks).Concat(node.Metadata?.Labels ?? NoMarks), onlyWhoTakes: true) is { Length: > 0 } owner
            ? $"it is being worked on by {owner}"
            : null;

    private static IDictionary<string, string> NoMarks { get; } = new Dictionary<string, string>();
}
