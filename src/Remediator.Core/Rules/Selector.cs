using System.Text;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>Which facts are meant: a name, matchers on labels, or both. Without a name only alerts are meant.</summary>
public sealed class Selector
{
    private readonly Matcher[] _matchers;

    internal Selector(string? name, int offset, IReadOnlyList<Matcher> matchers)
    {
        Name = name;
        Offset = offset;
        _matchers = [.. matchers];
        NameMatchers = [.. _matchers.Where(m => m.Label == "alertname")];
    }

    /// <summary>The kind or alertname; null where matchers alone decide.</summary>
    public string? Name { get; }

    internal int Offset { get; }

    /// <summary>All have to match.</summary>
    public IReadOnlyList<Matcher> Matchers => _matchers;

    internal Matcher[] NameMatchers { get; }

    /// <exception cref="FormatException">With the place and what was expected.</exception>
    public static Selector Parse(string text) => RuleParser.OrThrow(text, RuleParser.Selector);

    /// <returns>Null where there was a fault, which was added.</returns>
    public static Selector? Parse(string text, ICollection<TextFault> faults) => RuleParser.OrFault(text, RuleParser.Selector, faults);

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
        text.Append(Name);
        var separator = "{";
        foreach (var matcher in _matchers)
        {
            text.Append(separator);
            matcher.AppendTo(text);
            separator = ", ";
        }

        if (_matchers.Length > 0) text.Append('}');
    }
}
