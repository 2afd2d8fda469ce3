using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Facts.Projection;

/// <summary>What is known of revisions beside the objects, and what it takes to prove one.</summary>
/// <param name="CrashWindow">A crash is news for so long.</param>
/// <param name="GoodAfter">One that has run well for so long is good.</param>
internal sealed record RevisionRecords(
    string Cluster, IGoodRevisions Good, RevisionMemory Memory, TimeSpan CrashWindow, TimeSpan GoodAfter)
{
    public ResourceKey Key(Owner workload) => workload.Key(Cluster);
}
