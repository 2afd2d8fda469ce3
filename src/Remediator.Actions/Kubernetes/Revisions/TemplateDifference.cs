using System.Text.Json;
using System.Text.Json.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Revisions;

/// <summary>
/// Says field by field how two pod templates differ; values are shown only where no secret can be: of everything else, that it differs.
/// </summary>
internal static class TemplateDifference
{
    private const int MostFields = 30;
    private const string Hidden = "(not shown)";

    /// <summary>Of what is in these lists only names and keys are shown.</summary>
    private static readonly HashSet<string> Named = ["env", "envFrom", "httpHeaders"];

    /// <summary>Of these nothing: their keys are the user's own, and may be any word.</summary>
    private static readonly HashSet<string> Private = ["command", "args", "annotations", "volumeAttributes", "options", "flexVolume"];

    /// <summary>Fields of text that hold no secret.</summary>
    private static readonly HashSet<string> Public =
    [
        "image", "imagePullPolicy", "name", "secretName", "claimName", "key", "mountPath", "subPath", "path", "port", "scheme", "protocol",
        "restartPolicy", "serviceAccount", "serviceAccountName",
        "priorityClassName", "schedulerName", "dnsPolicy", "runtimeClassName", "terminationMessagePolicy", "terminationMessagePath",
        "workingDir", "medium", "sizeLimit", "topologyKey", "operator",
        "effect", "type", "driver", "fsType", "whenUnsatisfiable", "preemptionPolicy",
    ];

    public static IReadOnlyList<Change> Between(string target, JsonObject before, JsonObject after)
    {
        List<Change> changes = [];
        Compare(target, "spec.template", before, after, changes);
        return changes.Count <= MostFields
            ? changes
            : [.. changes.Take(MostFields), new(target, "spec.template", $"and {changes.Count - MostFields} further fields", "")];
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
                Compare(
                    target,
                    $"{path}[{y[i]?["name"]?.ToString() ?? i.ToString(System.Globalization.CultureInfo.InvariantCulture)}]",
                    x[i],
                    y[i],
                    changes);
        }
        else
        {
            changes.Add(new(target, path, Value(path, before), Value(path, after)));
        }
    }

    private static string Value(string path, JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => Names(items),
        JsonObject => Hidden,
        JsonValue when IsShown(path, value.GetValueKind()) => EvidenceText.OneLine(value.ToString().Split('?')[0], 200),
        _ => Hidden,
    };

    /// <summary>Of what came or went as a whole, which they are.</summary>
    private static string Names(JsonArray items) =>
        items.Count > 0 && items.All(i => i is JsonObject o && o["name"] is JsonValue)
            ? EvidenceText.OneLine(string.Join(", ", items.Select(i => i!["name"])), 200)
            : $"{items.Count} {Hidden}";

    /// <summary>By its place, never by its looks: a password looks like any word.</summary>
    private static bool IsShown(string path, JsonValueKind kind)
    {
        var parts = path.Split('.');
        if (parts.Any(p => Private.Contains(p.Split('[')[0])))
            return false;
        if (parts.Any(p => Named.Contains(p.Split('[')[0])))
            return parts[^1] is "name" or "key";

        return kind is not JsonValueKind.String || Public.Contains(parts[^1]) || path.Contains(".resources.", StringComparison.Ordinal)
            || path.StartsWith("spec.template.metadata.labels.", StringComparison.Ordinal)
                || path.StartsWith("spec.template.spec.nodeSelector.", StringComparison.Ordinal);
    }
}
