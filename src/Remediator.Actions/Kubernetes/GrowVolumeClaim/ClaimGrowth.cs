using k8s.Models;
using Remediator.Actions.Kubernetes.VolumeClaims;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

/// <summary>How large a claim is to become, or why it is not to.</summary>
internal sealed record ClaimGrowth(long Bytes, string? Doubt)
{
    /// <summary>
    /// One that is full again within that time is filled by something that more room does not help: it is for people.
    /// </summary>
    private static readonly TimeSpan OnceIn = TimeSpan.FromDays(30);

    private const decimal Least = 20;
    private const long Gi = 1L << 30;

    /// <param name="storage">Its class; null where there is none of that name.</param>
    /// <param name="most">What the policy allows it; null for nothing.</param>
    public static ClaimGrowth Of(
        V1PersistentVolumeClaim claim, V1StorageClass? storage, long? most, decimal byPercent, DateTimeOffset now)
    {
        if (Speaks(claim, storage, most, now) is { } doubt)
            return new(0, doubt);
        var has = Math.Max(claim.CapacityBytes(), claim.RequestedBytes());
        var bytes = Math.Min(Larger(has, Math.Max(byPercent, Least)), most!.Value / Gi * Gi);
        return bytes >= has * (100 + Least) / 100
            ? new(bytes, null)
            : new(
                0,
                $"it has {ClaimSize.Show(has)}, and less than 20% is left up to the {ClaimSize.Show(most.Value)} that the policy allows");
    }

    /// <summary>Why it does not become as large as another one of its StatefulSet; null where it can, or is so already.</summary>
    public static string? Beside(
        V1PersistentVolumeClaim claim, V1StorageClass? storage, long? most, long bytes, DateTimeOffset now) =>
        claim.CapacityBytes() >= bytes ? null
            : Speaks(claim, storage, most, now) is { } doubt ? doubt
            : most < bytes ? $"the policy allows it {ClaimSize.Show(most!.Value)}"
            : null;

    private static string? Speaks(V1PersistentVolumeClaim claim, V1StorageClass? storage, long? most, DateTimeOffset now)
    {
        if (claim.Metadata.DeletionTimestamp is not null)
            return "it is being deleted";
        if (claim.Status?.Phase != "Bound" || claim.CapacityBytes() == 0)
            return $"it is not bound to a volume ({claim.Status?.Phase ?? "no phase"})";
        if (claim.Spec?.VolumeMode == "Block")
            return "it is a block device, of which only its user can make more use";
        if (most is null)
            return "the policy does not let it become larger; 'claims' says which may";
        if (claim.Spec?.StorageClassName is not { Length: > 0 } name)
            return "it has no storage class";
        if (storage is null)
            return $"its storage class {name} does not exist";
        if (storage.AllowVolumeExpansion != true)
            return $"its storage class {name} does not allow it (allowVolumeExpansion)";
        if (claim.RequestedBytes() > claim.CapacityBytes())
            return $"it is being made larger already, from {ClaimSize.Show(claim.CapacityBytes())} to {claim.Requested()}";
        return claim.Grown() is { } grown && now - grown.At < OnceIn
            ? grown.ActionId.Length == 0
                ? "its annotation that says when it was made larger last cannot be read"
                : $"it was made larger, from {grown.From} to {grown.To}, on {grown.Day}: what has filled it again is for people"
            : null;
    }

    private static long Larger(long bytes, decimal byPercent) => (long)Math.Ceiling(bytes * (100 + byPercent) / 100 / Gi) * Gi;
}
