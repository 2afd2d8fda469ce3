using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

/// <summary>Whether a namespace has room for larger claims.</summary>
internal static class ClaimRoom
{
    /// <returns>Why it has none; null where nothing speaks against it.</returns>
    public static async Task<string?> RefusalAsync(
        ClusterApi api, ActionRequest request, string storageClass, long each, long more, CancellationToken cancellationToken)
    {
        var space = request.Resource.Namespace;
        var quotas = await api.ReadAsync($"list quotas in namespace {space}", request.NotAfter, (k, ct) =>
            k.CoreV1.ListNamespacedResourceQuotaAsync(space, cancellationToken: ct), cancellationToken);
        var ranges = await api.ReadAsync($"list limit ranges in namespace {space}", request.NotAfter, (k, ct) =>
            k.CoreV1.ListNamespacedLimitRangeAsync(space, cancellationToken: ct), cancellationToken);
        return OfQuotas(quotas.Items, storageClass, more) ?? OfRanges(ranges.Items, each);
    }

    /// <param name="more">What all claims together ask for more.</param>
    internal static string? OfQuotas(IEnumerable<V1ResourceQuota> quotas, string storageClass, long more)
    {
        foreach (var quota in quotas)
        {
            foreach (var name in new[] { "requests.storage", $"{storageClass}.storageclass.storage.k8s.io/requests.storage" })
            {
                if (ClaimSize.Text(quota.Spec?.Hard, name) is { Length: > 0 } hard
                    && Used(quota, name, hard) + more > ClaimSize.Bytes(hard))
                    return $"quota {quota.Metadata.Name} leaves no room for {ClaimSize.Show(more)} more ({name})";
            }
        }

        return null;
    }

    /// <param name="each">What each claim asks for.</param>
    internal static string? OfRanges(IEnumerable<V1LimitRange> ranges, long each)
    {
        foreach (var (range, limit) in ranges.SelectMany(r => r.Spec.Limits.Select(l => (r.Metadata.Name, l))))
        {
            if (limit.Type == "PersistentVolumeClaim" && ClaimSize.Text(limit.Max) is { Length: > 0 } most && each > ClaimSize.Bytes(most))
                return $"limit range {range} allows a claim at most {most}";
        }

        return null;
    }

    /// <summary>One that was not counted yet is full.</summary>
    private static long Used(V1ResourceQuota quota, string name, string hard) =>
        ClaimSize.Bytes(ClaimSize.Text(quota.Status?.Used, name) is { Length: > 0 } used ? used : hard);
}
