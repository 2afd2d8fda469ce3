using System.Collections.Concurrent;

namespace Remediator.Core.Facts;

/// <summary>
/// All facts of one name. Indexes are built when they are first asked for; the bucket of the next view takes them over with what has
/// changed.
/// </summary>
internal sealed class FactBucket(string name, FactList facts)
{
    /// <summary>An index that nobody has asked for in so many views is left behind.</summary>
    private const int KeptUnused = 3600;

    private readonly ConcurrentDictionary<string, Entry> _indexes = new(StringComparer.Ordinal);

    public FactBucket(string name, IEnumerable<Fact> facts)
        : this(name, FactList.Of(facts))
    {
    }

    public string Name { get; } = name;

    public FactList Facts { get; } = facts;

    public FactIndex Index(IndexLabels labels) => Index(labels.Key, labels, null);

    /// <param name="key">Stands for the labels and the filter.</param>
    public FactIndex Index(string key, IndexLabels labels, Predicate<Fact>? filter)
    {
        if (!_indexes.TryGetValue(key, out var entry))
            entry = _indexes.GetOrAdd(
                key, _ => new(new(() => FactIndex.Of(filter is null ? Facts : Facts.Where(f => filter(f)), labels)), filter));
        entry.Unused = 0;
        return entry.Index.Value;
    }

    /// <param name="facts">The facts of this bucket after these changes.</param>
    public FactBucket Next(FactList facts, IReadOnlyList<FactChange> changes)
    {
        var next = new FactBucket(Name, facts);
        foreach (var (key, entry) in _indexes)
        {
            if (entry.Unused >= KeptUnused) continue;
            var index = entry.Index.Value.Next(entry.Filter is { } filter ? Filtered(changes, filter) : changes);
            next._indexes[key] = new(new(index), entry.Filter) { Unused = entry.Unused + 1 };
        }

        return next;
    }

    private static List<FactChange> Filtered(IReadOnlyList<FactChange> changes, Predicate<Fact> filter)
    {
        var some = new List<FactChange>();
        foreach (var (before, after) in changes)
        {
            var change =
                new FactChange(before is not null && filter(before) ? before : null, after is not null && filter(after) ? after : null);
            if (change.Before is not null || change.After is not null) some.Add(change);
        }

        return some;
    }

    private sealed class Entry(Lazy<FactIndex> index, Predicate<Fact>? filter)
    {
        public Lazy<FactIndex> Index => index;

        public Predicate<Fact>? Filter => filter;

        /// <summary>Views since it was last asked for.</summary>
        public int Unused { get; set; }
    }
}
