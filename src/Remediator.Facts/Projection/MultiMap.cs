namespace Remediator.Facts.Projection;

/// <summary>Values by keys of which most have one.</summary>
internal sealed class MultiMap<TKey, TValue>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue[]> _values = new(comparer);

    public IReadOnlyList<TValue> this[TKey key] => _values.GetValueOrDefault(key, []);

    public void Add(TKey key, TValue value) => _values[key] = [.. this[key], value];

    public void Remove(TKey key, TValue value)
    {
        var all = _values.GetValueOrDefault(key, []);
        var place = Array.IndexOf(all, value);
        if (place < 0)
            return;

        if (all.Length == 1)
            _values.Remove(key);
        else
            _values[key] = [.. all[..place], .. all[(place + 1)..]];
    }
}
