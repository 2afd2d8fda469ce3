using Remediator.Facts.Projection;

namespace Remediator.Facts.Topology;

/// <summary>The newest topology.</summary>
internal sealed class TopologySource
{
    private volatile Projected? _current;

    public Projected? Current => _current;

    public void Set(Projected projected) => _current = projected;
}
