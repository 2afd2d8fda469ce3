using System.Globalization;
using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

/// <summary>RFC 6902 as far as the engine uses it: test, add, replace, remove.</summary>
internal static class JsonPatch
{
    /// <summary>A patched copy; null when a test does not hold or a place is not there.</summary>
    public static JsonObject? Apply(JsonObject to, JsonArray operations)
    {
        var patched = to.DeepClone().AsObject();
        return operations.All(o => Apply(patched, o!.AsObject())) ? patched : null;
    }

    private static bool Apply(JsonObject target, JsonObject operation)
    {
        var path = operation["path"]!.GetValue<string>()
            .Split('/')
            .Skip(1)
            .Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
            .ToList();
        var value = operation["value"];
        var op = operation["op"]!.GetValue<string>();
        if (Parent(target, path) is not { } parent)
            return op == "test" && value is null;

        // as the API server's own library has it: what is missing equals null
        return op switch
        {
            "test" => JsonNode.DeepEquals(At(parent, path[^1]), value),
            "add" => Put(parent, path[^1], value),
            "replace" => At(parent, path[^1]) is not null && Put(parent, path[^1], value),
            "remove" => parent is JsonObject map && map.Remove(path[^1]),
            _ => throw new NotSupportedException($"JSON Patch: '{op}'"),
        };
    }

    private static JsonNode? Parent(JsonObject target, List<string> path)
    {
        JsonNode? node = target;
        foreach (var part in path.Take(path.Count - 1))
            node = node is null ? null : At(node, part);
        return node;
    }

    private static JsonNode? At(JsonNode node, string part) => node switch
    {
        JsonObject map => map[part],
        JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count =>
            list[index],
        _ => null,
    };

    private static bool Put(JsonNode parent, string part, JsonNode? value)
    {
        switch (parent)
        {
            case JsonObject map:
                map[part] = value?.DeepClone();
                return true;
            case JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < list.Count:
                list[index] = value?.DeepClone();
                return true;
            default:
                return false;
        }
    }
}
