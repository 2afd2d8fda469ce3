using Remediator.Core.Facts;

namespace Remediator.Rete;

/// <summary>Facts of one name that rules cannot tell apart: since when they are true is nothing that a rule can ask.</summary>
internal sealed class SameLabels : IEqualityComparer<Fact>
{
    public static SameLabels Comparer { get; } = new();

    public bool Equals(Fact? x, Fact? y) =>
        ReferenceEquals(x!.Labels, y!.Labels) || (x.Labels.Count == y.Labels.Count && x.Labels.All(l => y.Labels.TryGetValue(l.Key, out var value) && value == l.Value));

    public int GetHashCode(Fact fact)
    {
        var hash = fact.Labels.Count;
        foreach (var (label, value) in fact.Labels) hash += HashCode.Combine(label, value);
        return hash;
    }
}
