using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.DescribeClaim;

internal static class DescribeClaimPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. VolumeClaimReader.Permissions];
}
