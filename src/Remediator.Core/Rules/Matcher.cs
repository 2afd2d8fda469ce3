using System.Globalization;
using System.Text;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>One comparison of a label inside braces.</summary>
/// <param name="Offset">Its position in its text, for messages.</param>
public abstract record Matcher(string Label, int Offset)
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

internal sealed record NumberMatcher(string Label, Comparison Comparison, double Number, int Offset) : Matcher(Label, Offset)
{
    /// <summary>What is no number matches no comparison.</summary>
    public override bool Matches(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            && Comparison.Holds(number, Number);

    protected override void AppendComparison(StringBuilder text) =>
        text.Append(Comparison.Symbol()).Append(Number.ToString("0.###############", CultureInfo.InvariantCulture));
}
