using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.ClaimReady;

internal static class ClaimReadyPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } = [.. VolumeClaimReader.Permissions];
}
