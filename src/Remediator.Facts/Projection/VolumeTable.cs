using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Claims to volumes with their facts.</summary>
internal sealed class VolumeTable(ClusterTopology topology)
{
    private readonly Dictionary<ObjectName, (PersistentVolumeClaim Claim, Fact Fact)> _claims = [];
    private readonly Dictionary<string, StorageClass> _classes = new(StringComparer.Ordinal);

    /// <summary>By the name of the volume; of those that are on one alone.</summary>
    private readonly Dictionary<string, string> _servers = new(StringComparer.Ordinal);

    public void Apply(ClusterChanges changes, FactDiff diff, DateTimeOffset now)
    {
        var stale = Reclass(changes.StorageClasses);
        stale.UnionWith(Moved(changes.Volumes));
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

    /// <returns>The claims of the volumes whose server has changed.</returns>
    private IEnumerable<ObjectName> Moved(IReadOnlyList<Changed<PersistentVolume>> volumes)
    {
        var moved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, volume) in volumes)
        {
            var server = volume is null ? "" : StorageServer.Of(volume);
            _servers.Remove(key.Name, out var before);
            if (server.Length > 0)
                _servers[key.Name] = server;
            if (server != (before ?? ""))
                moved.Add(key.Name);
        }

        return moved.Count == 0 ? [] : [.. _claims.Where(c => moved.Contains(c.Value.Claim.Spec.VolumeName)).Select(c => c.Key)];
    }

    private Fact Of(PersistentVolumeClaim claim, DateTimeOffset now) => FactShapes.Claim.Make(
        claim.Metadata.CreationTimestamp ?? now,
        claim.Metadata.Namespace, claim.Metadata.Name, claim.Status.Phase, claim.Spec.StorageClassName,
        _classes.TryGetValue(claim.Spec.StorageClassName, out var known) ? Texts.Of(known.AllowVolumeExpansion) : "",
        Texts.Quantity(claim.Status.Capacity, "storage"), claim.Spec.VolumeName,
        _servers.GetValueOrDefault(claim.Spec.VolumeName, ""), ObjectOwner.ManagedBy(claim.Metadata), ObjectOwner.Name(claim.Metadata));
}
