using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Claims to volumes with their facts.</summary>
internal sealed class VolumeTable(ClusterTopology topology)
{
    private readonly Dictionary<ObjectName, (PersistentVolumeClaim Claim, Fact Fact)> _claims = [];
    private readonly Dictionary<string, StorageClass> _classes = new(StringComparer.Ordinal);

    public void Apply(ClusterChanges changes, FactDiff diff, DateTimeOffset now)
    {
        var stale = Reclass(changes.StorageClasses);
        foreach (var (key, claim) in changes.Claims)
        {
            stale.Remove(key);
            _claims.Remove(key, out var before);
            if (claim is null)
                diff.Remove(before.Fact);
            else
                _claims[key] = (claim, diff.Replace(before.Fact, Of(claim, now)));
            topology.Set(before.Claim, claim);
        }

        foreach (var key in stale)
        {
            var (claim, fact) = _claims[key];
            _claims[key] = (claim, diff.Replace(fact, Of(claim, now)));
        }
    }

    /// <returns>The claims of the classes that have changed.</returns>
    private HashSet<ObjectName> Reclass(IReadOnlyList<Changed<StorageClass>> classes)
    {
        foreach (var (key, changed) in classes)
        {
            _classes.Remove(key.Name);
            if (changed is not null)
                _classes[key.Name] = changed;
        }

        var names = classes.Select(c => c.Key.Name).ToHashSet(StringComparer.Ordinal);
        return names.Count == 0 ? [] : [.. _claims.Where(c => names.Contains(c.Value.Claim.Spec.StorageClassName)).Select(c => c.Key)];
    }

    private Fact Of(PersistentVolumeClaim claim, DateTimeOffset now) => FactShapes.Claim.Make(
        claim.Metadata.CreationTimestamp ?? now,
        claim.Metadata.Namespace, claim.Metadata.Name, claim.Status.Phase, claim.Spec.StorageClassName,
        _classes.TryGetValue(claim.Spec.StorageClassName, out var known) ? Texts.Of(known.AllowVolumeExpansion) : "",
        Texts.Quantity(claim.Status.Capacity, "storage"));
}
