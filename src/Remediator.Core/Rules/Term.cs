using System.Runtime.CompilerServices;
using System.Text;
using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>The facts that a selector means and that agree with the alert on some labels.</summary>
internal sealed class Term
{
    /// <summary>Groups up to this size are looked through; what a longer one holds is indexed with its matchers applied.</summary>
    private const int ScanLimit = 32;

    private readonly string[] _on;
    private readonly string[] _indexLabels;
    private readonly string _indexKey;
    private readonly string _filteredKey;
    private readonly string[] _fixedValues;
    private readonly Matcher[] _rest;
    private Latest? _latest;
    private LatestAlerts? _latestAlerts;

    public Term(IReadOnlyList<string> on, int offset, Selector selector)
    {
        _on = [.. on];
        Offset = offset;
        Selector = selector;
        var equal = selector.Matchers.OfType<TextMatcher>().Where(m => !m.Negated && m.Label != "alertname").DistinctBy(m => m.Label).ToArray();
        _rest = [.. selector.Matchers.Except(equal)];
        _indexLabels = [.. on, .. equal.Select(m => m.Label)];
        _fixedValues = [.. equal.Select(m => m.Text)];
        _indexKey = string.Join(',', _indexLabels);
        _filteredKey = $"{_indexKey} {new Selector(null, 0, _rest)}";
    }

    public IReadOnlyList<string> On => _on;

    public int Offset { get; }

    public Selector Selector { get; }

    /// <param name="subject">The alert to join with; null where there is none.</param>
    public Finding Find(Fact? subject, FactView view)
    {
        var buffer = default(Values);
        var values = _indexLabels.Length <= Values.Length ? ((Span<string>)buffer)[.._indexLabels.Length] : new string[_indexLabels.Length];
        for (var i = 0; i < _on.Length; i++)
        {
            values[i] = subject is null ? "" : subject[_on[i]];
            if (values[i].Length == 0) return Finding.Undecidable(_on[i]);
        }

        _fixedValues.CopyTo(values[_on.Length..]);
        return Selector.Name is { } name
            ? view.Bucket(name) is { } bucket ? Find(bucket, values) : Finding.Nothing
            : FindAlerts(view, values);
    }

    private Finding Find(FactBucket bucket, ReadOnlySpan<string> values)
    {
        if (_indexLabels.Length == 0 && _rest.Length == 0) return new(bucket.Facts, bucket.Facts.Length);
        var group = Index(bucket).Find(values);
        if (_rest.Length == 0 || group.Count == 0) return new(group, group.Count);
        return group.Count <= ScanLimit ? Scan(group) : Filtered(bucket, values);
    }

    private Finding Filtered(FactBucket bucket, ReadOnlySpan<string> values)
    {
        var group = bucket.Index(_filteredKey, _indexLabels, f => Array.TrueForAll(_rest, m => m.Matches(f))).Find(values);
        return new(group, group.Count);
    }

    private Finding Scan(ArraySegment<Fact> group)
    {
        var count = 0;
        Fact[]? found = null;
        foreach (var fact in group)
        {
            if (!RestMatches(fact)) continue;
            if (count < Finding.Shown) (found ??= new Fact[Math.Min(Finding.Shown, group.Count)])[count] = fact;
            count++;
        }

        return found is null ? Finding.Nothing : new(found, count);
    }

    private bool RestMatches(Fact fact)
    {
        foreach (var matcher in _rest)
        {
            if (!matcher.Matches(fact)) return false;
        }

        return true;
    }

    private Finding FindAlerts(FactView view, ReadOnlySpan<string> values)
    {
        var total = Finding.Nothing;
        foreach (var bucket in AlertBuckets(view)) total = total.Plus(Find(bucket, values));
        return total;
    }

    private FactBucket[] AlertBuckets(FactView view)
    {
        var alerts = view.Alerts;
        if (_latestAlerts is { } latest && latest.All == alerts) return latest.Named;
        var named = Array.FindAll(alerts, b => Selector.MatchesName(b.Name));
        _latestAlerts = new(alerts, named);
        return named;
    }

    private FactIndex Index(FactBucket bucket)
    {
        if (_latest is { } latest && latest.Bucket == bucket) return latest.Index;
        var index = bucket.Index(_indexKey, _indexLabels);
        _latest = new(bucket, index);
        return index;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        if (_on.Length > 0) text.Append("on(").AppendJoin(", ", _on).Append(") ");
        Selector.AppendTo(text);
        return text.ToString();
    }

    /// <summary>The last index used: one view is asked thousands of times before the next comes. Replaced by one reference, so a race costs a lookup.</summary>
    private sealed record Latest(FactBucket Bucket, FactIndex Index);

    private sealed record LatestAlerts(FactBucket[] All, FactBucket[] Named);

    [InlineArray(Length)]
    private struct Values
    {
        public const int Length = 8;
        private string _first;
    }
}
