using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Facts.Projection;

/// <summary>Where no journal is kept, no revision is known to be good.</summary>
internal sealed class NoGoodRevisions : IGoodRevisions
{
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public RevisionStanding? Find(ResourceKey workload, string uid, string revision) => null;

    public void RanWell(ResourceKey workload, string uid, string revision)
    {
    }

    public void WentBad(ResourceKey workload, string uid, string revision, string reason)
    {
    }
}
