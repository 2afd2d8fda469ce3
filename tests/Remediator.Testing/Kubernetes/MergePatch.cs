using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

/// <summary>RFC 7386, and as much of a strategic merge patch as changes no list.</summary>
internal static class MergePatch
{
    /// <summary>A patched copy.</summary>
    public static JsonObject Apply(JsonObject to, JsonObject patch)
    {
        var patched = to.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null)
                patched.Remove(name);
            else if (value is JsonObject changes)
                patched[name] = Apply(patched[name] as JsonObject ?? [], changes);
            else
                patched[name] = value.DeepClone();
        }

        return patched;
    }
}
