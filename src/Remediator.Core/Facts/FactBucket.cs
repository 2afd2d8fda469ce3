using System.Collections.Concurrent;

namespace Remediator.Core.Facts;

/// <summary>All facts of one name. Indexes are built when they are first asked for, and live as long as the bucket.</summary>
internal sealed class FactBucket(string name, Fact[] facts)
{
    private readonly ConcurrentDictionary<string, Lazy<FactIndex>> _indexes = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public Fact[] Facts { get; } = facts;

    public FactIndex Index(IndexLabels labels) => Index(labels.Key, labels, null);

    /// <param name="key">Stands for the labels and the filter.</param>
    public FactIndex Index(string key, IndexLabels labels, Predicate<Fact>? filter) =>
        _indexes.TryGetValue(key, out var index) ? index.Value : Add(key, labels, filter).Value;

    private Lazy<FactIndex> Add(string key, IndexLabels labels, Predicate<Fact>? filter) =>
        _indexes.GetOrAdd(key, _ => new(() => new(filter is null ? Facts : Array.FindAll(Facts, filter), labels)));
}
