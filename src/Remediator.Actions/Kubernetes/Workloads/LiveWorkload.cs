using System.Text.Json.Nodes;
using System.Text.Json;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>
/// A Deployment, StatefulSet or DaemonSet as the API server gave it: unknown fields are kept, so that nothing is lost when a template is
/// put back.
/// </summary>
internal sealed class LiveWorkload(string kind, JsonObject json)
{
    public string Kind => kind;

    public JsonObject Json => json;

    public string Namespace => Text("metadata", "namespace");

    public string Name => Text("metadata", "name");

    public string Uid => Text("metadata", "uid");

    public string Display => $"{Kind} {Namespace}/{Name}";

    /// <summary>Changes with the spec and with nothing that the controllers report.</summary>
    public long Generation => Number("metadata", "generation");

    public long ObservedGeneration => Number("status", "observedGeneration");

    public bool Paused => json["spec"]?["paused"]?.GetValue<bool>() ?? false;

    public JsonObject Template => json["spec"]?["template"] as JsonObject ?? [];

    public IReadOnlyDictionary<string, string> Annotations => Texts(json["metadata"]?["annotations"]);

    /// <summary>It carries the mark that the action of this request was taken back.</summary>
    public bool IsUndone(ActionRequest request) => Annotations.GetValueOrDefault(Marks.ActionId) == Marks.Undone(request.ActionId);

    public IReadOnlyDictionary<string, string> TemplateAnnotations => Texts(Template["metadata"]?["annotations"]);

    /// <summary>An update strategy that replaces no pod by itself.</summary>
    public bool UpdatesOnDelete => kind != ResourceKinds.Deployment && Text("spec", "updateStrategy", "type") == "OnDelete";

    public long Desired =>
        kind == ResourceKinds.DaemonSet ? Number("status", "desiredNumberScheduled") : json["spec"]?["replicas"]?.GetValue<long>() ?? 1;

    public long Ready => Number("status", kind == ResourceKinds.DaemonSet ? "numberReady" : "readyReplicas");

    public long Available => Number("status", kind == ResourceKinds.DaemonSet ? "numberAvailable" : "availableReplicas");

    public long Updated => Number("status", kind == ResourceKinds.DaemonSet ? "updatedNumberScheduled" : "updatedReplicas");

    /// <summary>All pods, of old revisions too.</summary>
    public long Total => Number("status", kind == ResourceKinds.DaemonSet ? "currentNumberScheduled" : "replicas");

    /// <summary>How many pods the update strategy brings to the newest revision: a StatefulSet's partition holds some back.</summary>
    public long DesiredUpdated =>
        UpdatesOnDelete ? 0 : Math.Max(0, Desired - Number("spec", "updateStrategy", "rollingUpdate", "partition"));

    public bool Observed => ObservedGeneration >= Generation;

    public bool RollingOut => !Observed || Updated < DesiredUpdated || Total > Desired;

    public string Text(params ReadOnlySpan<string> path) =>
        At(path)?.GetValueKind() is JsonValueKind.String ? At(path)!.GetValue<string>() : "";

    /// <summary>A field of the spec.</summary>
    public long Seconds(string field, long otherwise) =>
        At(["spec", field])?.GetValueKind() is JsonValueKind.Number ? Number("spec", field) : otherwise;

    private long Number(params ReadOnlySpan<string> path) =>
        At(path)?.GetValueKind() is JsonValueKind.Number ? At(path)!.GetValue<long>() : 0;

    private JsonNode? At(ReadOnlySpan<string> path)
    {
        JsonNode? node = json;
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    private static Dictionary<string, string> Texts(JsonNode? node) =>
        (node as JsonObject)?.ToDictionary(p => p.Key, p => p.Value?.ToString() ?? "", StringComparer.Ordinal) ?? [];
}
