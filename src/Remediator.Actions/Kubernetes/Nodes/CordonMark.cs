using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>Whose cordon it is. Only one that is certainly ours is ever taken back.</summary>
internal static class CordonMark
{
    public static bool IsCordoned(this V1Node node) => node.Spec?.Unschedulable == true;

    /// <summary>The action that has cordoned it, by the mark that it wrote in the same patch; empty where there is none.</summary>
    public static string CordonedBy(this V1Node node) =>
        node.Metadata.Annotations?.TryGetValue(Marks.Cordoned, out var action) == true ? action : "";

    /// <summary>
    /// Who last changed the field, as the API server keeps it: a person who uncordons a node and cordons it again leaves our mark where it
    /// is, and is seen here. A server that keeps no such record at all (some before 1.22) leaves the mark alone to tell; one that keeps it
    /// and names nobody is doubt.
    /// </summary>
    public static bool IsOursByRecord(this V1Node node)
    {
        var record = node.Metadata.ManagedFields ?? [];
        var owners = record.Where(f => SetsUnschedulable(f.FieldsV1)).Select(f => f.Manager).ToList();
        return record.Count == 0 || (owners.Count > 0 && owners.TrueForAll(m => m == Marks.FieldManager));
    }

    private static bool SetsUnschedulable(object? fields) =>
        fields is not null
            && JsonNode.Parse(KubernetesJson.Serialize(fields)) is JsonObject all
            && all["f:spec"] is JsonObject spec
            && spec.ContainsKey("f:unschedulable");
}
