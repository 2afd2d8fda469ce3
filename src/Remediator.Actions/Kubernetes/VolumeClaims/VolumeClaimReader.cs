using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.VolumeClaims;

/// <summary>Reads claims to volumes, and what was said of making them larger.</summary>
internal sealed class VolumeClaimReader(ClusterApi api)
{
    public static IReadOnlyList<KubernetesPermission> Permissions { get; } =
        [new("", "persistentvolumeclaims", "get"), new("", "events", "list")];

    /// <returns>Null where there is none of that name.</returns>
    public async Task<V1PersistentVolumeClaim?> FindAsync(
        string space, string name, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ReadAsync($"read pvc {space}/{name}", notAfter, (k, ct) =>
                k.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, space, cancellationToken: ct), cancellationToken);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>What its driver said last when it did not make a claim larger.</summary>
    /// <param name="since">What it said before is of another time.</param>
    /// <returns>Null where it said nothing.</returns>
    public async Task<string?> RefusedAsync(
        V1PersistentVolumeClaim claim, DateTimeOffset since, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var space = claim.Metadata.NamespaceProperty;
        var events = await api.ReadAsync($"list events in namespace {space}", notAfter, (k, ct) =>
            k.CoreV1.ListNamespacedEventAsync(
                space, fieldSelector: $"involvedObject.uid={claim.Metadata.Uid},reason=VolumeResizeFailed", cancellationToken: ct),
            cancellationToken);
        return events.Items.Where(e => ResourceEvents.At(e) >= since.UtcDateTime).MaxBy(ResourceEvents.At)?.Message;
    }
}
