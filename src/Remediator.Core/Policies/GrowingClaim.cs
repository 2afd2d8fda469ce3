using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Policies;

/// <summary>Claims to volumes that may become larger: an entry of <c>claims</c> in the policy.</summary>
/// <param name="Match">By cluster, namespace and name.</param>
/// <param name="UpTo">None of them becomes larger than that, in bytes.</param>
public sealed record GrowingClaim(PolicyMatch Match, long UpTo)
{
    /// <summary>The least of all entries that match.</summary>
    /// <returns>Null where none does: then it may not become larger.</returns>
    public static long? Most(IEnumerable<GrowingClaim> entries, ResourceKey claim)
    {
        var labels = new PolicyLabels(claim, FactView.Empty, "");
        return entries.Where(e => e.Match.Matches(labels)).Min(e => (long?)e.UpTo);
    }
}
