using Remediator.Core.Facts;

namespace Remediator.Grains.Sights;

/// <summary>The view of the cluster with the facts of every other provider in it, and what the view of each is worth.</summary>
internal sealed class AllFacts(IFactViews cluster, IEnumerable<IFactProvider> providers)
{
    private readonly IFactProvider[] _providers = [.. providers];
    private volatile Joined? _joined;

    public AllFactsNow Current
    {
        get
        {
            var status = cluster.Current;
            if (_providers.Length == 0)
            {
                return new(status, status.View, []);
            }

            var others = _providers.Select(p => (p.Name, Status: p.Current)).ToList();
            return new(
                status,
                Join(status.View, [.. others.Select(o => (o.Name, o.Status.View))]),
                [.. others.Select(o => new Sight(o.Name, o.Status.State, o.Status.FreshAt, o.Status.Problem))]);
        }
    }

    /// <summary>Made once for as long as none of the views changes.</summary>
    private FactView Join(FactView view, IReadOnlyList<(string Provider, FactView View)> others)
    {
        var known = _joined;
        if (known is null || known.Of != view || !known.Others.SequenceEqual(others))
        {
            _joined = known = new(view, others, view.Joined(others));
        }

        return known.View;
    }

    private sealed record Joined(FactView Of, IReadOnlyList<(string Provider, FactView View)> Others, FactView View);
}

/// <param name="View">Resources only; active alerts are added by who decides.</param>
/// <param name="Others">Of the providers beside the cluster's.</param>
internal sealed record AllFactsNow(ViewStatus Cluster, FactView View, IReadOnlyList<Sight> Others);
