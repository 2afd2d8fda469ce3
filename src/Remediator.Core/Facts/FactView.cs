using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>Everything known at one moment; immutable. One view per cluster, so that joins never cross clusters.</summary>
public sealed class FactView
{
    public static FactView Empty { get; } = new(0, DateTimeOffset.UnixEpoch, []);

    public FactView(long version, DateTimeOffset at, IEnumerable<Fact> facts)
    {
        Version = version;
        At = at;
        _buckets = facts.GroupBy(f => f.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<Fact>)[.. g], StringComparer.Ordinal);
    }

    private readonly Dictionary<string, IReadOnlyList<Fact>> _buckets;

    public long Version { get; }

    public DateTimeOffset At { get; }

    public IEnumerable<Fact> All => _buckets.Values.SelectMany(b => b);

    /// <summary>All facts of one name, in a stable order.</summary>
    public IReadOnlyList<Fact> Named(string name) => _buckets.GetValueOrDefault(name, []);

    /// <summary>This view with the facts of some names replaced: the buckets that are not named stay as they are.</summary>
    public FactView With(IEnumerable<Fact> facts) => throw new NotSupportedException();

    /// <summary>The facts of one resource and of what belongs to it: a workload's pods and containers, a node's own fact.</summary>
    public FactView Scope(ResourceKey resource) => throw new NotSupportedException();
}
