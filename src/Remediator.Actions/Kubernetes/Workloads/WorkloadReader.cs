using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>Reads a workload and the pods that its controller made, live, by owner references.</summary>
internal sealed class WorkloadReader(ClusterApi api)
{
    public async Task<Workload> ReadAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken) =>
        await FindAsync(resource, notAfter, cancellationToken)
        ?? throw new ActionFailedException(FailureKind.Permanent, $"The {resource.Display} does not exist.");

    /// <summary>Null where there is none of this name.</summary>
    public async Task<Workload?> FindAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        if (!WorkloadKinds.RolledOut.Contains(resource.Kind))
            throw new ActionFailedException(FailureKind.Permanent, $"The {resource.Display} has no pod template that is rolled out.");

        try
        {
            var json = await api.ReadAsync($"read {resource.Display}", notAfter, (k, ct) => k.CustomObjects.GetNamespacedCustomObjectAsync(
                "apps", "v1", resource.Namespace, WorkloadKinds.Plural(resource.Kind), resource.Name, ct), cancellationToken);
            return new(resource.Kind, ToJson(json));
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>ReplicaSets of a Deployment, or ControllerRevisions of the others, newest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> OwnedAsync(Workload workload, string plural, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var list = ToJson(await api.ReadAsync($"list {plural} in namespace {workload.Namespace}", notAfter, (k, ct) => k.CustomObjects.ListNamespacedCustomObjectAsync(
            "apps", "v1", workload.Namespace, plural, labelSelector: Selector(workload.Json["spec"]?["selector"]), cancellationToken: ct), cancellationToken));
        return [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>().Where(o => OwnerUid(o) == workload.Uid)];
    }

    /// <summary>All pods of the resource, those that are going away too; of a bare pod, itself.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var selector = await SelectorAsync(resource, notAfter, cancellationToken);
        var pods = await api.ReadAsync($"list pods in namespace {resource.Namespace}", notAfter, (k, ct) =>
            k.CoreV1.ListNamespacedPodAsync(resource.Namespace, labelSelector: selector, cancellationToken: ct), cancellationToken);
        if (resource.Kind == WorkloadKinds.Pod)
            return [.. pods.Items.Where(p => p.Metadata.Name == resource.Name)];

        var owners = await OwnersOfPodsAsync(resource, selector, notAfter, cancellationToken);
        return [.. pods.Items.Where(p => p.Metadata.OwnerReferences?.Any(o => o.Controller == true && owners(o)) == true)];
    }

    /// <summary>Null where it cannot be said in labels alone; owner references decide in the end, the selector only keeps lists short.</summary>
    private async Task<string?> SelectorAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken) =>
        WorkloadKinds.RolledOut.Contains(resource.Kind) && await FindAsync(resource, notAfter, cancellationToken) is { } workload ? Selector(workload.Json["spec"]?["selector"]) : null;

    private async Task<Func<V1OwnerReference, bool>> OwnersOfPodsAsync(ResourceKey resource, string? selector, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        if (resource.Kind == WorkloadKinds.Deployment)
        {
            var sets = await api.ReadAsync($"list replicasets in namespace {resource.Namespace}", notAfter, (k, ct) =>
                k.AppsV1.ListNamespacedReplicaSetAsync(resource.Namespace, labelSelector: selector, cancellationToken: ct), cancellationToken);
            return IsOneOf(sets.Items.Where(s => IsOwnedBy(s.Metadata, "Deployment", resource.Name)).Select(s => s.Metadata.Uid));
        }

        if (resource.Kind == WorkloadKinds.CronJob)
        {
            var jobs = await api.ReadAsync($"list jobs in namespace {resource.Namespace}", notAfter, (k, ct) =>
                k.BatchV1.ListNamespacedJobAsync(resource.Namespace, cancellationToken: ct), cancellationToken);
            return IsOneOf(jobs.Items.Where(j => IsOwnedBy(j.Metadata, "CronJob", resource.Name)).Select(j => j.Metadata.Uid));
        }

        return o => o.Kind.Equals(resource.Kind, StringComparison.OrdinalIgnoreCase) && o.Name == resource.Name;
    }

    private static Func<V1OwnerReference, bool> IsOneOf(IEnumerable<string> uids)
    {
        var set = uids.ToHashSet(StringComparer.Ordinal);
        return o => set.Contains(o.Uid);
    }

    private static bool IsOwnedBy(V1ObjectMeta metadata, string kind, string name) =>
        metadata.OwnerReferences?.Any(o => o.Controller == true && o.Kind == kind && o.Name == name) == true;

    private static string OwnerUid(JsonObject o) =>
        (o["metadata"]?["ownerReferences"] as JsonArray)?.FirstOrDefault(r => r?["controller"]?.GetValue<bool>() == true)?["uid"]?.GetValue<string>() ?? "";

    private static string? Selector(JsonNode? selector) => selector?["matchExpressions"] is not null ? null : selector?["matchLabels"] is JsonObject labels
        ? string.Join(',', labels.Select(l => $"{l.Key}={l.Value}"))
        : null;

    private static JsonObject ToJson(object answer) => JsonSerializer.SerializeToNode(answer) as JsonObject ?? [];
}
