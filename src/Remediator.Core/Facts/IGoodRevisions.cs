using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>
/// Which revisions of workloads have run well: journalled, the same for all replicas, and after a restart too. Who watches the cluster
/// tells what it sees, as often as it sees it; who keeps the journal writes it down.
/// </summary>
public interface IGoodRevisions
{
    /// <summary>Raised when answers may be others than before.</summary>
    event Action? Changed;

    /// <summary>Must answer at once; null where nothing is known.</summary>
    /// <param name="uid">Of the workload: one that was made anew under the same name has not run yet.</param>
    RevisionStanding? Find(ResourceKey workload, string uid, string revision);

    /// <summary>The revision has served as a whole, without a crash, for as long as it takes.</summary>
    void RanWell(ResourceKey workload, string uid, string revision);

    /// <summary>It is none to go back to any more.</summary>
    void WentBad(ResourceKey workload, string uid, string revision, string reason);
}

/// <param name="IsGood">One to go back to.</param>
/// <param name="WasGood">It was once: what began later is not its doing.</param>
/// <param name="At">When that was last said.</param>
public sealed record RevisionStanding(bool IsGood, bool WasGood, DateTimeOffset At);
