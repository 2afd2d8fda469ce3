using System.Text.Json.Nodes;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Revisions;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>
/// What an admission has made of the pods: another image, another memory limit, an agent. Where that is what ails them, the template of
/// their revision is not what was tried, and pods of another revision are changed in the same way.
/// </summary>
internal static class ChangedOnTheWay
{
    private static readonly string[] Lists = ["containers", "initContainers"];

    private const string Changed = "when its pods are created, and pods of another revision would be changed too";

    /// <param name="newest">Pods of the present revision.</param>
    /// <param name="older">Pods of others that serve.</param>
    /// <returns>In words that follow the name of the workload; null where nothing was changed that matters.</returns>
    public static string? Of(
        IReadOnlyList<V1Pod> newest, IReadOnlyList<V1Pod> older, WorkloadRevision present, WorkloadRevision good, DateTime now,
        TimeSpan window)
    {
        foreach (var pod in newest)
        {
            foreach (var status in pod.Containers().Where(c => c.IsCrashing(pod, now, window) || c.Waiting().Length > 0))
            {
                if (Spec(pod, status.Name) is { } spec
                    && Template(present.Template, status.Name) is { } template
                    && (Image(spec, template, status) ?? Memory(spec, template, status, older) ?? Agent(pod, spec, older, present, good))
                        is { } said)
                    return said;
            }
        }

        return null;
    }

    private static string? Image(V1Container spec, JsonObject template, V1ContainerStatus status) =>
        status.Waiting() is "ErrImagePull" or "ImagePullBackOff" or "InvalidImageName"
            && template["image"]?.ToString() is { Length: > 0 } named
            && Repository(spec.Image ?? "") != Repository(named)
            ? $"names the image {named}, which is replaced by {spec.Image} {Changed}"
            : null;

    private static string? Memory(V1Container spec, JsonObject template, V1ContainerStatus status, IReadOnlyList<V1Pod> older) =>
        status.LastEnd()?.Reason == "OOMKilled"
            && Limit(spec) is { } limit
            && limit != Limit(template)
            && !older.Any(p => Spec(p, spec.Name) is { } other && Limit(other) == limit)
            ? $"has a memory limit that is set to {spec.Resources.Limits["memory"]} {Changed}"
            : null;

    /// <summary>One that the template itself asks for, by an annotation or a label that is new, goes with its revision.</summary>
    private static string? Agent(
        V1Pod pod, V1Container spec, IReadOnlyList<V1Pod> older, WorkloadRevision present, WorkloadRevision good)
    {
        if (older.Count == 0
            || TemplateDifference.Fields(present.Template["metadata"] as JsonObject ?? [], good.Template["metadata"] as JsonObject ?? [])
                .Count > 0)
            return null;

        var known = older.SelectMany(p => Parts(p, Spec(p, spec.Name)))
            .Concat(Named(present.Template["spec"]?["initContainers"]))
            .Concat(Named(present.Template["spec"]?["containers"]))
            .Concat(Named(Template(present.Template, spec.Name)?["env"]))
            .ToHashSet(StringComparer.Ordinal);
        return Parts(pod, spec).FirstOrDefault(p => !known.Contains(p)) is { } agent
            ? $"gets {agent} {Changed}; its older pods were created before that"
            : null;
    }

    private static IEnumerable<string> Parts(V1Pod pod, V1Container? container) =>
        (pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []).Select(c => c.Name)
            .Concat((container?.Env ?? []).Select(e => e.Name));

    private static IEnumerable<string> Named(JsonNode? list) =>
        (list as JsonArray ?? []).Select(i => i?["name"]?.ToString() ?? "");

    private static V1Container? Spec(V1Pod pod, string name) =>
        (pod.Spec?.Containers ?? []).Concat(pod.Spec?.InitContainers ?? []).FirstOrDefault(c => c.Name == name);

    private static JsonObject? Template(JsonObject template, string name) =>
        Lists.SelectMany(l => (template["spec"]?[l] as JsonArray ?? []).OfType<JsonObject>())
            .FirstOrDefault(c => c["name"]?.ToString() == name);

    private static decimal? Limit(V1Container container) =>
        container.Resources?.Limits is { } limits && limits.TryGetValue("memory", out var limit) ? limit.ToDecimal() : null;

    private static decimal? Limit(JsonObject container) =>
        container["resources"]?["limits"]?["memory"] is JsonValue limit ? new ResourceQuantity(limit.ToString()).ToDecimal() : null;

    /// <summary>Without tag and digest, and with what runtimes add to a short name.</summary>
    private static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        name = colon > name.LastIndexOf('/') ? name[..colon] : name;
        var host = name.Split('/')[0];
        var isFull = name.Contains('/', StringComparison.Ordinal)
            && (host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal) || host == "localhost");
        return isFull ? name : name.Contains('/', StringComparison.Ordinal) ? $"docker.io/{name}" : $"docker.io/library/{name}";
    }
}
