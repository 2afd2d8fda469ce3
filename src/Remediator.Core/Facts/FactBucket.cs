using System.Collections.Concurrent;

namespace Remediator.Core.Facts;

/// <summary>All facts of one name. Indexes are built when they are first asked for, and live as long as the bucket.</summary>
internal sealed class FactBucket(string name, Fact[] facts)
{
    private readonly ConcurrentDictionary<string, Lazy<FactIndex>> _indexes = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public Fact[] Facts { get; } = facts;

    /// <param name="key">Stands for the labels, and for the filter where there is one.</param>
    public FactIndex Index(string key, string[] labels, Func<Fact, bool>? filter = null) =>
        _indexes.TryGetValue(key, out var index) ? index.Value : Add(key, labels, filter).Value;

    private Lazy<FactIndex> Add(string key, string[] labels, Func<Fact, bool>? filter) =>
        _indexes.GetOrAdd(key, _ => new(() => new FactIndex(filter is null ? Facts : Array.FindAll(Facts, f => filter(f)), labels)));
}
