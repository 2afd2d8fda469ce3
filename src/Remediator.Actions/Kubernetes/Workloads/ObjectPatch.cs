using System.Text.Json.Nodes;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>A JSON Patch that the API server refuses as a whole when the object is no longer what was seen.</summary>
internal sealed class ObjectPatch
{
    private readonly JsonArray _operations = [];

    private ObjectPatch()
    {
    }

    /// <summary>The object with this uid only.</summary>
    public static ObjectPatch Of(string uid) => new ObjectPatch().Test("/metadata/uid", uid);

    /// <summary>The object with this uid only; after a change of its spec only where the caller does not test the field itself.</summary>
    public static ObjectPatch Of(LiveWorkload seen, bool sameGeneration = true)
    {
        var patch = Of(seen.Uid);
        return sameGeneration ? patch.Test("/metadata/generation", seen.Generation) : patch;
    }

    public ObjectPatch Test(string path, JsonNode? value) => Add("test", path, value);

    public ObjectPatch Replace(string path, JsonNode? value) => Add("replace", path, value);

    /// <param name="parent">Path of the metadata, <c>/metadata</c> or <c>/spec/template/metadata</c>.</param>
    /// <param name="present">The annotations that were seen there.</param>
    public ObjectPatch Annotate(
        string parent, IReadOnlyDictionary<string, string> present, params ReadOnlySpan<(string Key, string Value)> annotations)
    {
        if (present.Count == 0)
        {
            // the map may be missing, and one that somebody else has made meanwhile must not be lost
            var map = new JsonObject();
            foreach (var (key, value) in annotations)
                map[key] = value;
            return Test($"{parent}/annotations", null).Add("add", $"{parent}/annotations", map);
        }

        foreach (var (key, value) in annotations)
            Add("add", $"{parent}/annotations/{Escape(key)}", value);
        return this;
    }

    /// <param name="parent">As of <see cref="Annotate"/>.</param>
    /// <param name="present">The annotations that were seen there; what is not among them is left as it is.</param>
    public ObjectPatch RemoveAnnotation(string parent, IReadOnlyDictionary<string, string> present, string key)
    {
        if (present.ContainsKey(key))
            _operations.Add(new JsonObject { ["op"] = "remove", ["path"] = $"{parent}/annotations/{Escape(key)}" });
        return this;
    }

    public V1Patch ToPatch() => new(_operations.ToJsonString(), V1Patch.PatchType.JsonPatch);

    private static string Escape(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private ObjectPatch Add(string operation, string path, JsonNode? value)
    {
        _operations.Add(new JsonObject { ["op"] = operation, ["path"] = path, ["value"] = value?.DeepClone() });
        return this;
    }
}
