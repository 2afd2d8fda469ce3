using System.Globalization;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Stays the same as long as no container restarts and no pod is replaced.</summary>
internal static class PodStability
{
    public static string Of(IReadOnlyCollection<V1Pod> pods) => string.Create(CultureInfo.InvariantCulture,
        $"{pods.Sum(p => p.Restarts())} restarts; {string.Join(' ', pods.Select(p => p.Metadata.Uid).Order(StringComparer.Ordinal))}");
}
