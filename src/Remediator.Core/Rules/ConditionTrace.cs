using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>How one condition of a rule was answered. It becomes text when it is first read or stored.</summary>
public sealed record ConditionTrace
{
    private const string Undecided = "cannot be decided";

    /// <summary>So many facts, and so much of a value, are read by people; the trace has more.</summary>
    private const int MostForPeople = 3;
    private const int LongestValue = 80;

    /// <summary>Labels that say which one of its kind a fact is about, where that is not the kind's own name.</summary>
    private static readonly string[] Names =
        ["horizontalpodautoscaler", "poddisruptionbudget", "persistentvolumeclaim", "mountpoint", "unit", "process"];

    private readonly Condition? _condition;
    private readonly Fact[] _facts = [];
    private readonly int _count;
    private readonly int _over;
    private readonly string? _missing;
    private string? _found;

    [JsonConstructor]
    public ConditionTrace(string clause, string text, bool ok, string found)
    {
        Clause = clause;
        Text = text;
        Ok = ok;
        _found = found;
    }

    internal ConditionTrace(string clause, Condition condition, bool ok, in Finding found, in Finding over, string? missing)
    {
        Clause = clause;
        Text = condition.Text;
        Ok = ok;
        _condition = condition;
        // A trace may live as long as its incident; the view that it speaks of must not.
        _facts = found.Facts is { Length: > Finding.Shown } many ? many[..Finding.Shown] : found.Facts ?? [];
        _count = found.Count;
        _over = over.Count;
        _missing = missing;
    }

    /// <summary><c>alert</c>, <c>when</c> or <c>unless</c>.</summary>
    public string Clause { get; }

    public string Text { get; }

    /// <summary>Whether this clause lets the rule match.</summary>
    public bool Ok { get; }

    /// <summary>The first facts found and their count, or why it cannot be decided.</summary>
    public string Found => _found ??= Describe(_condition!);

    /// <summary>False where the alert or the facts lack what it would be decided by: it then neither holds nor not.</summary>
    [JsonIgnore]
    public bool IsDecided => !Found.StartsWith(Undecided, StringComparison.Ordinal);

    public bool Equals(ConditionTrace? other) =>
        other is not null && Clause == other.Clause && Text == other.Text && Ok == other.Ok && Found == other.Found;

    public override int GetHashCode() => HashCode.Combine(Clause, Text, Ok, Found);

    /// <summary>As <see cref="Found"/>, for people: of each fact its name, and what the condition asks of it.</summary>
    internal string InWords() =>
        _condition is null || _count == 0 || _missing is not null ? Found
        : _condition.Over is null ? $"{_count.ToString(CultureInfo.InvariantCulture)}: {FactsInWords(_condition)}"
        : _over == 0 ? Found
        : $"{Share()}: {FactsInWords(_condition)}";

    private string FactsInWords(Condition condition)
    {
        var asked = condition.Term.Selector.Matchers.Select(m => m.Label).Distinct().ToList();
        var shown = _facts.Take(Math.Min(_count, MostForPeople)).Select(f => InWords(f, asked)).ToList();
        return string.Join("; ", shown) + (_count > shown.Count ? "; ..." : "");
    }

    private static string InWords(Fact fact, List<string> asked)
    {
        var name = fact.Name == "container" ? $"{fact["container"]} of pod {fact["pod"]}"
            : Names.Prepend(fact.Name).Select(n => fact[n]).FirstOrDefault(n => n.Length > 0) ?? "";
        var said = asked.Select(l => fact[l] is { Length: > 0 } value ? $"{l}={Short(value)}" : $"{l} is not known");
        return $"{fact.Name}{(name.Length > 0 ? $" {Short(name)}" : "")}{(asked.Count > 0 ? $" ({string.Join(", ", said)})" : "")}";
    }

    private static string Short(string text) => Excerpt.Of(text, LongestValue);

    private string Describe(Condition condition)
    {
        if (_missing is not null) return $"{Undecided}: the alert has no label '{_missing}'";
        if (condition.Over is not null) return Ratio();
        var facts = Facts();
        if (!condition.IsCount) return _count switch { 0 => "no such fact", 1 => facts, _ => $"{_count} facts: {facts}" };
        return _count == 0 ? "0" : $"{_count}: {facts}";
    }

    private string Ratio()
    {
        if (_over == 0) return $"{Undecided}: {_count}/0";
        return _count == 0 ? Share() : $"{Share()}: {Facts()}";
    }

    private string Share() => string.Create(CultureInfo.InvariantCulture, $"{_count}/{_over} = {(double)_count / _over:0.###}");

    private string Facts()
    {
        var text = new StringBuilder();
        var shown = Math.Min(_count, _facts.Length);
        for (var i = 0; i < shown; i++) text.Append(i == 0 ? "" : "; ").Append(_facts[i]);
        return text.Append(_count > shown ? "; ..." : "").ToString();
    }
}
