using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

internal static class GrowVolumeClaimPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
    [
        .. VolumeClaimReader.Permissions,
        new("", "persistentvolumeclaims", "list", "patch"),
        new("apps", "statefulsets", "list"),
        new("storage.k8s.io", "storageclasses", "get"),
        new("", "resourcequotas", "list"),
        new("", "limitranges", "list"),
    ];
}
