using System.Text.Json.Nodes;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>The objects that a pod template names; their content is never read.</summary>
internal static class TemplateReferences
{
    /// <param name="missing"><c>secret/db</c>, or <c>secret/db:password</c> for one key of it.</param>
    public static bool Has(JsonNode template, string missing)
    {
        var (kind, name, key) = Parts(missing);
        return name is "?"
            || All(template).Any(r => r.Kind == kind && r.Name == name && (key.Length == 0 || r.Key.Length == 0 || r.Key == key));
    }

    /// <summary>
    /// What only one template needs, as kind and name: a release that renames its configuration may have removed the old one.
    /// </summary>
    public static IReadOnlyList<(string Kind, string Name)> OnlyIn(JsonObject one, JsonObject other) =>
        [.. Needed(one).Except(Needed(other)).Order()];

    private static IEnumerable<(string Kind, string Name)> Needed(JsonObject template)
    {
        var account = template["spec"]?["serviceAccountName"]?.ToString() ?? "";
        return All(template).Select(r => (r.Kind, r.Name))
            .Concat((template["spec"]?["volumes"] as JsonArray ?? [])
                .Select(v => v?["persistentVolumeClaim"]?["claimName"]?.ToString() ?? "")
                .Select(c => ("persistentvolumeclaim", c)))
            .Append(("serviceaccount", account))
            .Where(n => n.Item2.Length > 0);
    }

    private static (string Kind, string Name, string Key) Parts(string missing)
    {
        var (kind, rest) = (missing.Split('/')[0], missing[(missing.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (kind, rest, "") : (kind, rest[..colon], rest[(colon + 1)..]);
    }

    private static IEnumerable<(string Kind, string Name, string Key)> All(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Of(p.Key, p.Value).Concat(All(p.Value))),
        JsonArray items => items.SelectMany(All),
        _ => [],
    };

    /// <summary>Environment variables, whole environments and volumes name them in ways of their own.</summary>
    private static IEnumerable<(string Kind, string Name, string Key)> Of(string field, JsonNode? value)
    {
        var kind = field switch
        {
            "secretKeyRef" or "secretRef" or "secret" => "secret",
            "configMapKeyRef" or "configMapRef" or "configMap" => "configmap",
            _ => "",
        };
        if (kind.Length > 0 && value is JsonObject o && (o["name"] ?? o["secretName"]) is JsonValue name && !IsOptional(o))
            yield return (kind, name.ToString(), o["key"]?.ToString() ?? "");
    }

    private static bool IsOptional(JsonObject reference) =>
        reference["optional"] is JsonValue optional && optional.TryGetValue<bool>(out var value) && value;
}
