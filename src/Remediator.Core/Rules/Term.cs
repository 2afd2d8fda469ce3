using System.Text;
using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>The facts that a selector means and that agree with the alert on some labels.</summary>
public sealed class Term
{
    /// <summary>Groups up to this size are looked through; what a longer one holds is indexed with its matchers applied.</summary>
    private const int ScanLimit = 32;

    private readonly IndexLabels _labels;
    private readonly string _filteredKey;
    private readonly string[] _equal;
    private readonly int _equalHash;
    private readonly Matcher[] _rest;
    private readonly FactQuery _query;

    internal Term(IReadOnlyList<string> on, int offset, Selector selector)
    {
        Offset = offset;
        Selector = selector;
        var equal = selector.Matchers.OfType<TextMatcher>()
            .Where(m => !m.Negated && m.Label != "alertname")
            .DistinctBy(m => m.Label)
            .ToArray();
        _rest = [.. selector.Matchers.Except(equal)];
        _labels = new([.. on], [.. equal.Select(m => m.Label)]);
        _equal = [.. equal.Select(m => m.Text)];
        _equalHash = JoinKey.HashOf(_equal);
        _filteredKey = $"{_labels.Key} {new Selector(null, 0, _rest)}";
        _query = new(selector.Name, selector.MatchesName, _labels);
    }

    /// <summary>Labels of the alert.</summary>
    public string[] On => _labels.On;

    internal int Offset { get; }

    public Selector Selector { get; }

    /// <param name="key">The values of <see cref="On"/>.</param>
    internal Finding Find(in JoinKey key, FactView view)
    {
        if (key.Missing is not null) return Finding.Undecidable(key.Missing);
        var total = Finding.Nothing;
        foreach (var (bucket, index) in view.Indexes(_query)) total = total.Plus(Find(key, bucket, index));
        return total;
    }

    private Finding Find(in JoinKey key, FactBucket bucket, FactIndex index)
    {
        var group = index.Find(key, _equal, _equalHash);
        if (_rest.Length == 0 || group.Length == 0) return new(group, group.Length);
        return group.Length <= ScanLimit ? Scan(group) : Filtered(key, bucket);
    }

    private Finding Filtered(in JoinKey key, FactBucket bucket)
    {
        var group = bucket.Index(_filteredKey, _labels, RestMatches).Find(key, _equal, _equalHash);
        return new(group, group.Length);
    }

    private Finding Scan(Fact[] group)
    {
        var count = 0;
        Fact[]? found = null;
        foreach (var fact in group)
        {
            if (!RestMatches(fact)) continue;
            if (count < Finding.Shown) (found ??= new Fact[Math.Min(Finding.Shown, group.Length)])[count] = fact;
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

    public override string ToString()
    {
        var text = new StringBuilder();
        if (On.Length > 0) text.Append("on(").AppendJoin(", ", On).Append(") ");
        Selector.AppendTo(text);
        return text.ToString();
    }
}
