using Remediator.Core.Actions;
using Remediator.Facts.Watching;

namespace Remediator.Facts;

/// <summary>What the watches need to be allowed in the cluster.</summary>
public static class FactsPermissions
{
    public static IReadOnlyList<KubernetesPermission> All { get; } =
        [.. WatchedKind.All.Select(k => new KubernetesPermission(k.Group, k.Plural, "list", "watch"))];
}
