using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>The selector of an object as the query of a list writes it.</summary>
internal static class SelectorText
{
    /// <returns>Null where it selects by nothing, or by what cannot be written so; then owner references alone decide.</returns>
    public static string? Of(JsonNode? selector) =>
        selector is null ? null : Of(KubernetesJson.Deserialize<V1LabelSelector>(selector.ToJsonString()));

    public static string? Of(V1LabelSelector? selector)
    {
        var parts = (selector?.MatchLabels ?? new Dictionary<string, string>())
            .Select(l => (string?)$"{l.Key}={l.Value}")
            .Concat((selector?.MatchExpressions ?? []).Select(Of))
            .ToList();
        return parts.Count == 0 || parts.Contains(null) ? null : string.Join(',', parts);
    }

    /// <summary>Pods of several jobs: what each job's selector names alone, said as one.</summary>
    /// <param name="selectors">Such as <c>controller-uid=1</c> and <c>controller-uid=2</c>.</param>
    /// <returns>Null where they do not all name one value of the same label.</returns>
    public static string? AnyOf(IEnumerable<string?> selectors)
    {
        var pairs = selectors.Select(
            s => s?.Split('=') is [var key, var value] && !s.Contains(',', StringComparison.Ordinal) ? (Key: key, Value: value) : default)
            .ToList();
        return pairs.Count > 0 && pairs.TrueForAll(p => p.Key is not null && p.Key == pairs[0].Key)
            ? $"{pairs[0].Key} in ({string.Join(',', pairs.Select(p => p.Value))})"
            : null;
    }

    private static string? Of(V1LabelSelectorRequirement requirement) => requirement.OperatorProperty switch
    {
        "In" => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
        "NotIn" => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
        "Exists" => requirement.Key,
        "DoesNotExist" => $"!{requirement.Key}",
        _ => null,
    };
}
