using System.Text;
using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>Which facts are meant: a name, matchers on labels, or both. Without a name only alerts are meant.</summary>
public sealed class Selector
{
    private readonly Matcher[] _matchers;

    private readonly string? _alias;

    internal Selector(string? name, int offset, IReadOnlyList<Matcher> matchers)
    {
        Name = name;
        Offset = offset;
        _matchers = [.. matchers];
        Written = _matchers;
        NameMatchers = [.. _matchers.Where(m => m.Label == "alertname")];
    }

    private Selector(Selector meant, string alias, int offset, IReadOnlyList<Matcher> more)
        : this(meant.Name, offset, [.. meant.Matchers, .. more])
    {
        _alias = alias;
        Written = more;
    }

    /// <summary>The kind or alertname; null where matchers alone decide.</summary>
    public string? Name { get; }

    internal int Offset { get; }

    /// <summary>All have to match.</summary>
    public IReadOnlyList<Matcher> Matchers => _matchers;

    internal Matcher[] NameMatchers { get; }

    /// <summary>Those of the text itself; the others are those of the selector whose name it uses.</summary>
    internal IReadOnlyList<Matcher> Written { get; }

    /// <summary><c>$crashing-containers</c>; null where the text uses no name.</summary>
    internal string? Alias => _alias is null ? null : $"{Scanner.NameMark}{_alias}";

    /// <exception cref="FormatException">With the place and what was expected.</exception>
    public static Selector Parse(string text) => RuleParser.OrThrow(text, t => RuleParser.Selector(t));

    /// <returns>Null where there was a fault, which was added.</returns>
    public static Selector? Parse(string text, ICollection<TextFault> faults, SelectorNames? names = null) =>
        RuleParser.OrFault(text, t => RuleParser.Selector(t, names), faults);

    /// <summary>Alerts with one of these names that the matchers of <paramref name="where"/> mean.</summary>
    public static Selector OfAlerts(IEnumerable<string> alertNames, Selector? where)
    {
        var anyOf = new ValuePattern(string.Join('|', alertNames.Select(Regex.Escape)));
        return new(null, 0, [new PatternMatcher("alertname", Negated: false, anyOf, 0), .. where?.Matchers ?? []]);
    }

    /// <summary>What this selector means, used by its name and with further matchers.</summary>
    internal Selector As(string alias, int offset, IReadOnlyList<Matcher> more) => new(this, alias, offset, more);

    public bool Matches(Fact fact) => (Name is null ? !FactSchema.IsKind(fact.Name) : Name == fact.Name) && FirstFailing(fact) is null;

    /// <summary>Whether facts of this name are meant, if their labels match too.</summary>
    public bool MatchesName(string alertName) =>
        Name is null ? !FactSchema.IsKind(alertName) && Array.TrueForAll(NameMatchers, m => m.Matches(alertName)) : Name == alertName;

    internal Matcher? FirstFailing(Fact fact)
    {
        foreach (var matcher in _matchers)
        {
            if (!matcher.Matches(fact)) return matcher;
        }

        return null;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    internal void AppendTo(StringBuilder text)
    {
        text.Append(Alias ?? Name);
        var separator = "{";
        foreach (var matcher in Written)
        {
            text.Append(separator);
            matcher.AppendTo(text);
            separator = ", ";
        }

        if (Written.Count > 0) text.Append('}');
    }
}
