using System.Collections.Concurrent;
using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>Everything known at one moment; immutable and thread-safe. One view per cluster, so that joins never cross clusters.</summary>
public sealed class FactView
{
    private readonly Dictionary<string, FactBucket> _buckets;
    private readonly ConcurrentDictionary<FactQuery, IndexedBucket[]> _indexes = new(concurrencyLevel: 1, capacity: 31);
    private FactBucket[]? _alerts;

    public FactView(long version, DateTimeOffset at, IEnumerable<Fact> facts)
        : this(version, at, new Dictionary<string, FactBucket>(StringComparer.Ordinal), facts)
    {
    }

    private FactView(long version, DateTimeOffset at, Dictionary<string, FactBucket> buckets, IEnumerable<Fact> facts)
    {
        Version = version;
        At = at;
        _buckets = buckets;
        foreach (var group in facts.GroupBy(f => f.Name, StringComparer.Ordinal)) buckets[group.Key] = new(group.Key, group);
    }

    internal static FactView Of(long version, DateTimeOffset at, Dictionary<string, FactBucket> buckets) => new(version, at, buckets, []);

    public static FactView Empty { get; } = new(0, DateTimeOffset.UnixEpoch, []);

    public long Version { get; }

    public DateTimeOffset At { get; }

    /// <summary>Kinds and alertnames of which there are facts.</summary>
    public IEnumerable<string> Names => _buckets.Keys;

    public IEnumerable<Fact> All => _buckets.Values.SelectMany(b => b.Facts);

    /// <summary>All facts of one name, in a stable order. The same list in each view that they have not changed for.</summary>
    public IReadOnlyList<Fact> Named(string name) => _buckets.TryGetValue(name, out var bucket) ? bucket.Facts : [];

    /// <summary>
    /// This view with the facts of some names replaced: the buckets that are not named stay as they are, their indexes too.
    /// </summary>
    public FactView With(IEnumerable<Fact> facts) => new(Version, At, Copy(), facts);

    /// <summary>
    /// The next version: the facts of <paramref name="names"/> become those given, those of other names stay, their indexes too.
    /// </summary>
    public FactView Next(long version, DateTimeOffset at, IReadOnlyCollection<string> names, IEnumerable<Fact> facts)
    {
        var buckets = Copy();
        foreach (var name in names) buckets.Remove(name);
        return new(version, at, buckets, facts);
    }

    /// <summary>This view with the facts of other providers in it: of each only the kinds that are its own.</summary>
    public FactView Joined(IReadOnlyList<(string Provider, FactView View)> others)
    {
        var buckets = Copy();
        foreach (var (provider, view) in others)
        {
            foreach (var (name, bucket) in view._buckets)
            {
                if (FactSchema.TryGet(name, out var kind) && kind.Provider == provider) buckets[name] = bucket;
            }
        }

        return Of(Version + others.Sum(o => o.View.Version), At, buckets);
    }

    /// <summary>This view with the facts of another beside its own, of which it has no names in common; their indexes stay.</summary>
    public FactView With(FactView other)
    {
        var buckets = Copy();
        foreach (var (name, bucket) in other._buckets) buckets[name] = bucket;
        return Of(Version, At, buckets);
    }

    /// <summary>
    /// The facts of one resource and of what belongs to it: a workload's pods and containers, a node's pods, and their alerts.
    /// </summary>
    public FactView Scope(ResourceKey resource) => ResourceScope.Of(resource) is { } scope ? Scope(scope) : new(Version, At, []);

    /// <summary>The facts of one name that <see cref="Scope(ResourceKey)"/> has: one array as long as nothing about them changes.</summary>
    internal Fact[] Of(ResourceKey resource, string name) =>
        Bucket(name) is { } bucket && ResourceScope.Of(resource) is { } scope ? scope.In(bucket) : [];

    /// <summary>Kept here and not by who asks: a rule that is seldom asked would keep a view of long ago.</summary>
    internal IndexedBucket[] Indexes(FactQuery query) =>
        _indexes.TryGetValue(query, out var known) ? known : _indexes.GetOrAdd(query, static (asked, view) => asked.In(view), this);

    internal FactBucket? Bucket(string name) => _buckets.GetValueOrDefault(name);

    /// <summary>The buckets of alerts: all whose name is not a kind.</summary>
    internal FactBucket[] Alerts =>
        _alerts ??= [.. _buckets.Values.Where(b => !FactSchema.IsKind(b.Name)).OrderBy(b => b.Name, StringComparer.Ordinal)];

    private FactView Scope(ResourceScope scope)
    {
        var buckets = new Dictionary<string, FactBucket>(StringComparer.Ordinal);
        foreach (var (name, bucket) in _buckets)
        {
            if (scope.In(bucket) is { Length: > 0 } facts) buckets[name] = new(name, facts);
        }

        return new(Version, At, buckets, []);
    }

    private Dictionary<string, FactBucket> Copy() => new(_buckets, StringComparer.Ordinal);
}
