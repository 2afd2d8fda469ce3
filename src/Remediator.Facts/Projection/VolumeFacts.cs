using Remediator.Core.Facts;

namespace Remediator.Facts.Projection;

internal static class VolumeFacts
{
    public static IEnumerable<Fact> Of(ClusterObjects objects, DateTimeOffset now)
    {
        var classes = objects.StorageClasses.ToDictionary(c => c.Metadata.Name, StringComparer.Ordinal);
        foreach (var claim in objects.Claims)
        {
            var expandable = classes.TryGetValue(claim.Spec.StorageClassName, out var storageClass) ? Texts.Of(storageClass.AllowVolumeExpansion) : "";
            yield return FactShapes.Claim.Make(
                claim.Metadata.CreationTimestamp ?? now,
                claim.Metadata.Namespace, claim.Metadata.Name, claim.Status.Phase, claim.Spec.StorageClassName, expandable,
                Texts.Quantity(claim.Status.Capacity, "storage"));
        }
    }
}
