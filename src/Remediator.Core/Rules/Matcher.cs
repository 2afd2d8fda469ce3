using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>One comparison of a label inside braces.</summary>
/// <param name="Offset">Where it stands in its text, for messages.</param>
internal abstract record Matcher(string Label, int Offset)
{
    public abstract bool Matches(string value);

    protected abstract void AppendComparison(StringBuilder text);

    public bool Matches(Fact fact) => Matches(ValueIn(fact));

    /// <summary>An alert's name is its label <c>alertname</c>, whether the label came with it or not.</summary>
    public string ValueIn(Fact fact) =>
        Label == "alertname" && !FactSchema.IsKind(fact.Name) ? fact.Name : fact[Label];

    public void AppendTo(StringBuilder text)
    {
        Notation.AppendLabel(text, Label);
        AppendComparison(text);
    }
}

internal sealed record TextMatcher(string Label, bool Negated, string Text, int Offset) : Matcher(Label, Offset)
{
    public override bool Matches(string value) => string.Equals(value, Text) != Negated;

    protected override void AppendComparison(StringBuilder text)
    {
        text.Append(Negated ? "!=" : "=");
        Notation.AppendQuoted(text, Text);
    }
}

internal sealed record PatternMatcher(string Label, bool Negated, string Pattern, Regex Regex, int Offset) : Matcher(Label, Offset)
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    public override bool Matches(string value) => Regex.IsMatch(value) != Negated;

    protected override void AppendComparison(StringBuilder text)
    {
        text.Append(Negated ? "!~" : "=~");
        Notation.AppendQuoted(text, Pattern);
    }

    /// <summary>Matches the whole value, in time linear in its length: no value from outside can make it slow.</summary>
    /// <exception cref="ArgumentException">It is no pattern of this kind; the message says why.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            // By itself first: its own faults are told in its own words, and it cannot close the group around it.
            _ = new Regex(pattern, Linear);
            return new($"\\A(?:{pattern})\\z", Linear);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException("it uses what cannot be matched in linear time (backreference, look-around or a huge repetition)", e);
        }
    }
}

internal sealed record NumberMatcher(string Label, Comparison Comparison, double Number, int Offset) : Matcher(Label, Offset)
{
    /// <summary>What is no number matches no comparison.</summary>
    public override bool Matches(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && Comparison.Holds(number, Number);

    protected override void AppendComparison(StringBuilder text) =>
        text.Append(Comparison.Symbol()).Append(Number.ToString("0.###############", CultureInfo.InvariantCulture));
}
