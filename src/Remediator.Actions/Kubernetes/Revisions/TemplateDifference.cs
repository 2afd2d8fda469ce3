using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    private const string Stamp =
        "(?:checksum|hash|rollme|restart|reload|redeploy|timestamp|lastUpdate|force[-_.]?(?:update|rollout|deploy|roll)|"
            + "(?:deploy(?:ed|ment)?|rollout|release|updated?|refreshed)[-_.]?(?:at|time|date|trigger))";

    /// <summary>
    /// Annotations and labels that change at each rollout and nothing that runs in the pods, by their names. Of what comes before a slash
    /// only <c>checksum/config</c> and its like count: <c>vault.hashicorp.com/agent-inject</c> is no hash.
    /// </summary>
    private static readonly Regex Markers = new(
        @"^spec\.template\.metadata\.(?:annotations|labels)\.(?:remediator\.io/.*|helm\.sh/chart|"
            + @"app\.kubernetes\.io/version|secrets\.doppler\.com/secretsupdate\..*|secrets\.infisical\.com/managed-secret\..*|"
            + $@"(?:[^/]*/)?(?:date|time|nonce|manual-?roll)|(?:[^/]*/)?[^/]*{Stamp}[^/]*|[^/.]*{Stamp}[^/.]*/[^/]*)$"
            + @"|\.env\[(?:STAKATER_[^\]]*|[^\]]*(?:CHECKSUM|CONFIG_HASH|ROLLME|RESTART(?:ED)?_?(?:AT|TRIGGER)|"
            + @"DEPLOY(?:ED|MENT)?_?(?:TIMESTAMP|TIME|DATE|AT\b)|FORCE_?(?:RE)?(?:DEPLOY|UPDATE|ROLLOUT))[^\]]*)\](?:\..*)?$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>All fields that differ, as paths.</summary>
    public static IReadOnlyList<string> Fields(JsonObject before, JsonObject after)
    {
        List<Change> changes = [];
        Compare("", "spec.template", before, after, changes);
        return [.. changes.Select(c => c.Field)];
    }

    /// <summary>A restart stamp, a checksum of configuration outside of the template, a mark of a tool or of ours.</summary>
    public static bool IsMarker(string field) => Markers.IsMatch(field);

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

        // what came or went as a whole is told by its parts: their names say what it is
        if ((before ?? new JsonObject()) is JsonObject a && (after ?? new JsonObject()) is JsonObject b)
        {
            foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare(target, $"{path}.{key}", a[key], b[key], changes);
        }
        else if (ByName(before) is { } x && ByName(after) is { } y)
        {
            foreach (var name in x.Keys.Union(y.Keys))
                Compare(target, $"{path}[{name}]", x.GetValueOrDefault(name), y.GetValueOrDefault(name), changes);
        }
        else if (ByPlace(before, after) is { } pairs)
        {
            for (var i = 0; i < pairs.Count; i++)
                Compare(target, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), pairs[i].Before, pairs[i].After, changes);
        }
        else
        {
            changes.Add(new(target, path, Value(path, before), Value(path, after)));
        }
    }

    /// <summary>Lists of things with names of their own; one that is not there is an empty one.</summary>
    private static Dictionary<string, JsonNode>? ByName(JsonNode? list)
    {
        if (list is null)
            return [];
        if (list is not JsonArray items || items.Any(i => i is not JsonObject o || o["name"] is not JsonValue))
            return null;

        var named = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        return items.All(i => named.TryAdd(i!["name"]!.ToString(), i)) ? named : null;
    }

    /// <summary>Lists of things without names, as long as each other, or of which one is not there.</summary>
    private static List<(JsonNode? Before, JsonNode? After)>? ByPlace(JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (JsonArray m, JsonArray n) when m.Count == n.Count && m.All(i => i is JsonObject) => [.. m.Zip(n)],
        (JsonArray m, null) when m.All(i => i is JsonObject) => [.. m.Select(i => (i, (JsonNode?)null))],
        (null, JsonArray n) when n.All(i => i is JsonObject) => [.. n.Select(i => ((JsonNode?)null, i))],
        _ => null,
    };

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
