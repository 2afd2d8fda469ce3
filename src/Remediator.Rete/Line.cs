using Remediator.Core.Facts;

namespace Remediator.Rete;

/// <summary>One fact in the network. Views may hold equal facts twice; NRules knows an object by its identity.</summary>
internal sealed class Line(Fact fact)
{
    public Fact Fact => fact;

    /// <summary>Its place among the facts of its name, so that traces name facts in the view's order.</summary>
    public int Place { get; set; }
}
