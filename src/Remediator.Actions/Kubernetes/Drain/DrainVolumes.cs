using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Drain;

/// <summary>
/// The volumes that are attached to a node. Until one is detached, a pod that needs it does not start elsewhere, and where its machine goes
/// away meanwhile, its cloud keeps it for minutes (kubernetes-sigs/aws-ebs-csi-driver #833).
/// </summary>
internal sealed class DrainVolumes(ClusterApi api)
{
    /// <returns>Names of PersistentVolumes, without those of pods that stay on the node.</returns>
    public async Task<IReadOnlyList<string>> LeftAsync(
        ActionRequest request, V1Node node, DrainLook look, CancellationToken cancellationToken)
    {
        var attached = await api.PagesAsync<V1VolumeAttachment, V1VolumeAttachmentList>(
            $"list the volumes attached to {request.Resource.Display}", request.NotAfter,
            (k, from, ct) => k.StorageV1.ListVolumeAttachmentAsync(
                limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            a => a.Spec.NodeName == node.Metadata.Name && a.Spec.Source?.PersistentVolumeName is { Length: > 0 }, cancellationToken);
        if (attached.Count == 0)
            return [];
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (space, claim) in look.Staying.SelectMany(ClaimsOf).Distinct())
        {
            if (await VolumeOfAsync(space, claim, request.NotAfter, cancellationToken) is { } volume)
                kept.Add(volume);
        }

        return [.. attached.Select(a => a.Spec.Source.PersistentVolumeName).Where(v => !kept.Contains(v)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Space, string Claim)> ClaimsOf(V1Pod pod) =>
        from volume in pod.Spec?.Volumes ?? []
        let claim = volume.PersistentVolumeClaim?.ClaimName
            // a claim that was made for the pod alone (Kubernetes, "Generic ephemeral volumes")
            ?? (volume.Ephemeral is null ? null : $"{pod.Metadata.Name}-{volume.Name}")
        where claim is not null
        select (pod.Metadata.NamespaceProperty, claim);

    private async Task<string?> VolumeOfAsync(string space, string claim, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.ReadAsync(
                $"read persistentvolumeclaim {space}/{claim}", notAfter,
                (k, ct) => k.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(claim, space, cancellationToken: ct),
                cancellationToken)).Spec?.VolumeName;
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
