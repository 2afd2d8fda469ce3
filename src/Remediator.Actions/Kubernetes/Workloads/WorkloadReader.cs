using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>Reads a workload and the pods that its controller made, live, by owner references.</summary>
internal sealed class WorkloadReader(ClusterApi api)
{
    public async Task<LiveWorkload> ReadAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken) =>
        await FindAsync(resource, notAfter, cancellationToken)
        ?? throw new ActionFailedException(FailureKind.Permanent, $"The {resource.Display} does not exist.");

    /// <summary>Null where there is none of this name.</summary>
    public async Task<LiveWorkload?> FindAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        if (!ResourceKinds.RolledOut.Contains(resource.Kind))
            throw new ActionFailedException(FailureKind.Permanent, $"The {resource.Display} has no pod template that is rolled out.");

        try
        {
            var json = await api.ReadAsync($"read {resource.Display}", notAfter, (k, ct) => k.CustomObjects.GetNamespacedCustomObjectAsync(
                "apps", "v1", resource.Namespace, resource.Kind + "s", resource.Name, ct), cancellationToken);
            return new(resource.Kind, ToJson(json));
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>ReplicaSets of a Deployment, or ControllerRevisions of the others, newest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> OwnedAsync(
        LiveWorkload workload, string plural, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var list = ToJson(await api.ReadAsync($"list {plural} in namespace {workload.Namespace}", notAfter, (k, ct) =>
            k.CustomObjects.ListNamespacedCustomObjectAsync(
            "apps", "v1", workload.Namespace, plural, labelSelector: SelectorText.Of(workload.Json["spec"]?["selector"]),
            cancellationToken: ct),
            cancellationToken));
        return [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>().Where(o => OwnerUid(o) == workload.Uid)];
    }

    /// <summary>All pods of the resource, those that are going away too; of a bare pod, itself.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        if (resource.Kind == ResourceKinds.Pod)
            return await PodAsync(resource, notAfter, cancellationToken) is { } pod ? [pod] : [];
        if (await OwnersOfPodsAsync(resource, notAfter, cancellationToken) is not var (selector, owners))
            return [];

        return await api.PagesAsync<V1Pod, V1PodList>($"list pods in namespace {resource.Namespace}", notAfter, (k, from, ct) =>
            k.CoreV1.ListNamespacedPodAsync(
                resource.Namespace, labelSelector: selector, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            p => p.Metadata.OwnerReferences?.Any(o => o.Controller == true && owners(o)) == true, cancellationToken);
    }

    /// <summary>
    /// What makes these pods of a resource: their controller, or that of the ReplicaSet that is; null for a bare pod and where there is
    /// none to ask.
    /// </summary>
    public async Task<V1OwnerReference?> ControllerAsync(
        ResourceKey resource, IReadOnlyList<V1Pod> pods, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        if (pods.Select(p => p.Controller()).FirstOrDefault(c => c is not null) is not { } controller)
            return null;
        if (controller.Kind != "ReplicaSet" || resource.Kind == ResourceKinds.ReplicaSet)
            return controller;

        var sets = await api.ReadAsync($"list replicasets in namespace {resource.Namespace}", notAfter, (k, ct) =>
            k.AppsV1.ListNamespacedReplicaSetAsync(
                resource.Namespace, fieldSelector: $"metadata.name={controller.Name}", cancellationToken: ct), cancellationToken);
        return sets.Items.SelectMany(s => s.Metadata.OwnerReferences ?? []).FirstOrDefault(o => o.Controller == true) ?? controller;
    }

    private async Task<V1Pod?> PodAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ReadAsync($"read {resource.Display}", notAfter, (k, ct) =>
                k.CoreV1.ReadNamespacedPodAsync(resource.Name, resource.Namespace, cancellationToken: ct), cancellationToken);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// By labels, so that the list is short, and by owner references, which decide in the end. Null where nothing can own pods. Where the
    /// selector of a workload is not known because it is gone, its pods are looked for among all of the namespace.
    /// </summary>
    private async Task<(string? Selector, Func<V1OwnerReference, bool> Owners)?> OwnersOfPodsAsync(
        ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        bool Itself(V1OwnerReference o) => Is(o, resource);
        switch (resource.Kind)
        {
            case ResourceKinds.Deployment:
                var selector = await SelectorAsync(resource, notAfter, cancellationToken);
                var sets = await api.PagesAsync<V1ReplicaSet, V1ReplicaSetList>($"list replicasets in namespace {resource.Namespace}",
                notAfter, (k, from, ct) =>
                    k.AppsV1.ListNamespacedReplicaSetAsync(
                        resource.Namespace, labelSelector: selector, limit: ClusterApi.PageSize, continueParameter: from,
                        cancellationToken: ct),
                    s => IsOwnedBy(s.Metadata, resource), cancellationToken);
                return sets.Count == 0 ? null : (selector, IsOneOf(sets.Select(s => s.Metadata.Uid)));
            case ResourceKinds.ReplicaSet:
                var set = await api.ReadAsync($"list replicasets in namespace {resource.Namespace}", notAfter, (k, ct) =>
                    k.AppsV1.ListNamespacedReplicaSetAsync(
                        resource.Namespace, fieldSelector: $"metadata.name={resource.Name}", cancellationToken: ct),
                    cancellationToken);
                return (SelectorText.Of(set.Items.FirstOrDefault()?.Spec.Selector), Itself);
            case ResourceKinds.Job:
                var job = await api.ReadAsync($"list jobs in namespace {resource.Namespace}", notAfter, (k, ct) =>
                    k.BatchV1.ListNamespacedJobAsync(
                        resource.Namespace, fieldSelector: $"metadata.name={resource.Name}", cancellationToken: ct),
                    cancellationToken);
                return (SelectorText.Of(job.Items.FirstOrDefault()?.Spec.Selector), Itself);
            case ResourceKinds.CronJob:
                var jobs = await api.PagesAsync<V1Job, V1JobList>($"list jobs in namespace {resource.Namespace}", notAfter, (k, from, ct) =>
                    k.BatchV1.ListNamespacedJobAsync(
                        resource.Namespace, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
                    j => IsOwnedBy(j.Metadata, resource), cancellationToken);
                return jobs.Count == 0
                    ? null
                    : (SelectorText.AnyOf(jobs.Select(j => SelectorText.Of(j.Spec.Selector))), IsOneOf(jobs.Select(j => j.Metadata.Uid)));
            case var other when ResourceKinds.Find(other) is null:
                // some controllers make ReplicaSets, others make pods
                var made = await api.PagesAsync<V1ReplicaSet, V1ReplicaSetList>($"list replicasets in namespace {resource.Namespace}",
                    notAfter, (k, from, ct) => k.AppsV1.ListNamespacedReplicaSetAsync(
                        resource.Namespace, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
                    s => IsOwnedBy(s.Metadata, resource), cancellationToken);
                var isOneOf = IsOneOf(made.Select(s => s.Metadata.Uid));
                return (null, o => Itself(o) || isOneOf(o));
            default:
                return (await SelectorAsync(resource, notAfter, cancellationToken), Itself);
        }
    }

    private async Task<string?> SelectorAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken) =>
        ResourceKinds.RolledOut.Contains(resource.Kind) && await FindAsync(resource, notAfter, cancellationToken) is { } workload
            ? SelectorText.Of(workload.Json["spec"]?["selector"])
            : null;

    private static Func<V1OwnerReference, bool> IsOneOf(IEnumerable<string> uids)
    {
        var set = uids.ToHashSet(StringComparer.Ordinal);
        return o => set.Contains(o.Uid);
    }

    private static bool IsOwnedBy(V1ObjectMeta metadata, ResourceKey owner) =>
        metadata.OwnerReferences?.Any(o => o.Controller == true && Is(o, owner)) == true;

    private static bool Is(V1OwnerReference owner, ResourceKey resource) =>
        owner.Name == resource.Name && ResourceKinds.OfApi(owner.Kind, owner.ApiVersion ?? "") == resource.Kind;

    private static string OwnerUid(JsonObject o) =>
        (o["metadata"]?["ownerReferences"] as JsonArray)?.FirstOrDefault(
            r => r?["controller"]?.GetValue<bool>() == true)?["uid"]?.GetValue<string>()
            ?? "";

    private static JsonObject ToJson(object answer) => JsonSerializer.SerializeToNode(answer) as JsonObject ?? [];
}
