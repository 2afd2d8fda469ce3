namespace Remediator.Core.Facts;

/// <summary>
/// Makes one view after another: each costs what has changed, and shares the rest, indexes too, with the one before. Not thread-safe.
/// </summary>
/// <param name="version">Of the view before the first.</param>
public sealed class FactViewWriter(long version)
{
    private readonly Dictionary<string, FactList.Writer> _lists = new(StringComparer.Ordinal);
    private Dictionary<string, FactBucket> _buckets = new(StringComparer.Ordinal);

    /// <param name="changes">At most one for each fact.</param>
    /// <exception cref="ArgumentException">
    /// A fact that is said to be gone or replaced is not there; this writer can then not be used any more.
    /// </exception>
    public FactView Next(DateTimeOffset at, IReadOnlyList<FactChange> changes)
    {
        version++;
        var buckets = new Dictionary<string, FactBucket>(_buckets, StringComparer.Ordinal);
        foreach (var group in changes.GroupBy(c => c.Name, StringComparer.Ordinal))
        {
            var some = group.ToList();
            if (!_lists.TryGetValue(group.Key, out var list))
                _lists[group.Key] = list = new();
            var facts = list.Apply(some);
            buckets[group.Key] = buckets.TryGetValue(group.Key, out var bucket) ? bucket.Next(facts, some) : new(group.Key, facts);
            if (facts.Count == 0) buckets.Remove(group.Key);
        }

        _buckets = buckets;
        return FactView.Of(version, at, buckets);
    }
}
