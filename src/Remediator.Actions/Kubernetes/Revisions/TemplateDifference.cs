using System.Text.Json.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Revisions;

/// <summary>Says field by field how two pod templates differ; the values of commands and environments stay out of it.</summary>
internal static class TemplateDifference
{
    private const int MostFields = 30;

    public static IReadOnlyList<Change> Between(string target, JsonObject before, JsonObject after)
    {
        List<Change> changes = [];
        Compare(target, "spec.template", before, after, changes);
        return changes.Count <= MostFields ? changes : [.. changes.Take(MostFields), new(target, "spec.template", $"and {changes.Count - MostFields} further fields", "")];
    }

    private static void Compare(string target, string path, JsonNode? before, JsonNode? after, List<Change> changes)
    {
        if (JsonNode.DeepEquals(before, after))
            return;

        if (before is JsonObject a && after is JsonObject b)
        {
            foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare(target, $"{path}.{key}", a[key], b[key], changes);
        }
        else if (before is JsonArray x && after is JsonArray y && x.Count == y.Count && x.All(i => i is JsonObject))
        {
            for (var i = 0; i < x.Count; i++)
                Compare(target, $"{path}[{y[i]?["name"]?.ToString() ?? i.ToString(System.Globalization.CultureInfo.InvariantCulture)}]", x[i], y[i], changes);
        }
        else
        {
            changes.Add(new(target, path, Value(path, before), Value(path, after)));
        }
    }

    private static string Value(string path, JsonNode? value) => value is null ? "" : IsPrivate(path) ? "(not shown)" : EvidenceText.OneLine(value.ToString(), 200);

    private static bool IsPrivate(string path) =>
        path.Contains(".env", StringComparison.Ordinal) || path.EndsWith(".command", StringComparison.Ordinal) || path.EndsWith(".args", StringComparison.Ordinal)
        || path.Contains(".annotations", StringComparison.Ordinal);
}
