using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Reads the events of a resource and of what its controllers made, pods that are gone already among them.</summary>
internal sealed class ResourceEvents(ClusterApi api)
{
    private const int Page = 500;
    private const int MostPages = 20;

    private static readonly Regex OfASet = new("^[bcdf-hj-np-tv-z0-9]{5,10}-[bcdf-hj-np-tv-z0-9]{5}$", RegexOptions.NonBacktracking);

    /// <summary>Newest last.</summary>
    public async Task<IReadOnlyList<Corev1Event>> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        List<Corev1Event> events = [];
        string? next = null;
        for (var page = 0; page < MostPages; page++)
        {
            var at = next;
            var list = await api.ReadAsync($"list events in namespace {request.Resource.Namespace}", request.NotAfter, (k, ct) =>
                k.CoreV1.ListNamespacedEventAsync(
                request.Resource.Namespace, limit: Page, continueParameter: at, cancellationToken: ct), cancellationToken);
            events.AddRange(list.Items.Where(e => Concerns(request.Resource, e.InvolvedObject)));
            next = list.Metadata?.ContinueProperty;
            if (string.IsNullOrEmpty(next))
                break;
        }

        return [.. events.OrderBy(At)];
    }

    public static DateTime At(Corev1Event e) =>
        e.Series?.LastObservedTime
            ?? e.LastTimestamp ?? e.EventTime ?? e.FirstTimestamp ?? e.Metadata?.CreationTimestamp ?? DateTime.MinValue;

    public static int Count(Corev1Event e) => e.Series?.Count ?? e.Count ?? 1;

    /// <summary>Controllers name what they make after themselves: <c>api-7c9f5d</c>, <c>api-7c9f5d-x2x1z</c>, <c>api-0</c>.</summary>
    private static bool Concerns(ResourceKey resource, V1ObjectReference? about)
    {
        if (about?.Name is not { } name || about.Kind is not { } kind)
            return false;
        if (ResourceKinds.OfApi(kind, about.ApiVersion ?? "") == resource.Kind)
            return name == resource.Name;
        if (kind is not ("Pod" or "ReplicaSet" or "Job") || !name.StartsWith(resource.Name + "-", StringComparison.Ordinal))
            return false;

        var parts = name.AsSpan(resource.Name.Length + 1).Count('-') + 1;
        // it may make pods, or ReplicaSets that do, whose hash has no vowel
        if (ResourceKinds.IsOther(resource))
            return parts == 1 || (parts == 2 && kind == "Pod" && OfASet.IsMatch(name.AsSpan(resource.Name.Length + 1)));

        return ResourceKinds.Of(resource).PodNames is PodNames.HashAndRandom or PodNames.TimeAndRandom
            ? parts == (kind == "Pod" ? 2 : 1)
            : kind == "Pod" && parts == 1;
    }
}
