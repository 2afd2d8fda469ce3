using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

/// <summary>The parts of an API server's address, empty where there are none.</summary>
/// <param name="Folder"><c>api/v1</c>, <c>apis/apps/v1</c>.</param>
internal sealed record ApiPath(string Folder, string Namespace, string Plural, string Name, string Sub)
{
    private static readonly Dictionary<string, string[]> Served = new()
    {
        ["api/v1"] =
        [
            "pods", "nodes", "namespaces", "persistentvolumes", "persistentvolumeclaims", "events", "limitranges", "resourcequotas",
        ],
        ["apis/apps/v1"] = ["deployments", "statefulsets", "daemonsets", "replicasets", "controllerrevisions"],
        ["apis/autoscaling/v2"] = ["horizontalpodautoscalers"],
        ["apis/batch/v1"] = ["jobs", "cronjobs"],
        ["apis/policy/v1"] = ["poddisruptionbudgets"],
        ["apis/storage.k8s.io/v1"] = ["storageclasses", "volumeattachments"],
    };

    public bool IsKnown => Served.TryGetValue(Folder, out var plurals) && plurals.Contains(Plural);

    public static ApiPath Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var length = parts is ["api", ..] ? 2 : 3;
        if (parts.Length < length)
            return new(string.Join('/', parts), "", "", "", "");

        var folder = string.Join('/', parts[..length]);
        return parts[length..] switch
        {
            ["namespaces", var space, var plural, .. var rest] => new(folder, space, plural, At(rest, 0), At(rest, 1)),
            [var plural, .. var rest] => new(folder, "", plural, At(rest, 0), At(rest, 1)),
            _ => new(folder, "", "", "", ""),
        };
    }

    /// <summary>Discovery: what this version of this group has; null where there is no such group.</summary>
    public static JsonObject? Offered(string folder)
    {
        if (!Served.TryGetValue(folder, out var plurals))
            return null;

        var list = plurals.Select(p => new JsonObject {
            ["name"] = p,
            ["singularName"] = "",
            ["namespaced"] = true,
            ["kind"] = p,
            ["verbs"] = new JsonArray("get", "list", "watch") })
            .ToList();
        if (folder == "api/v1")
            list.Add(new() {
                ["name"] = "pods/eviction",
                ["singularName"] = "",
                ["group"] = "policy",
                ["version"] = "v1",
                ["namespaced"] = true,
                ["kind"] = "Eviction",
                ["verbs"] = new JsonArray("create") });
        return new() {
            ["kind"] = "APIResourceList",
            ["groupVersion"] = folder[(folder.IndexOf('/', StringComparison.Ordinal) + 1)..],
            ["resources"] = new JsonArray([.. list]) };
    }

    private static string At(string[] parts, int index) => index < parts.Length ? parts[index] : "";
}
