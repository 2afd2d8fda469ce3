using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>One parsed condition of the rule language; used in rules, and in playbooks' <c>problem</c> and <c>when</c>.</summary>
public sealed class Condition
{
    internal Condition(string text, Term term)
    {
        Text = text;
        Term = term;
    }

    internal Condition(string text, Term counted, Term? over, Comparison comparison, double number)
        : this(text, counted)
    {
        IsCount = true;
        Over = over;
        Comparison = comparison;
        Number = number;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    internal Term Term { get; }

    internal Term? Over { get; }

    internal bool IsCount { get; }

    internal Comparison Comparison { get; }

    internal double Number { get; }

    internal IEnumerable<Term> Terms => Over is null ? [Term] : [Term, Over];

    /// <exception cref="FormatException">With the place and what was expected.</exception>
    public static Condition Parse(string text) => RuleParser.OrThrow(text, RuleParser.Condition);

    /// <returns>Null where there was a fault, which was added.</returns>
    public static Condition? Parse(string text, ICollection<TextFault> faults) => RuleParser.OrFault(text, RuleParser.Condition, faults);

    /// <summary>Whether it holds, or for the clause <c>unless</c>, whether it does not. What cannot be decided is never ok.</summary>
    /// <param name="subject">The alert that <c>on(...)</c> joins with; null in playbooks, which see only their own resource.</param>
    public ConditionTrace Evaluate(string clause, Fact? subject, FactView view) => Evaluate(clause, subject, view, doubtIsNo: true);

    /// <param name="doubtIsNo">Where false, a join with a label that the alert does not have counts as one that found nothing.</param>
    internal ConditionTrace Evaluate(string clause, Fact? subject, FactView view, bool doubtIsNo)
    {
        var found = Term.Find(subject, view);
        var over = Over is null ? default : Over.Find(subject, view);
        var missing = found.Missing ?? over.Missing;
        var holds = !IsCount ? found.Count > 0 : Compare(found.Count, over.Count);
        var undecided = missing is not null || (Over is not null && over.Count == 0);
        var ok = undecided && doubtIsNo ? false : clause == "unless" ? !holds : holds;
        return new(clause, this, ok, found, over, missing);
    }

    private bool Compare(int count, int over) =>
        Over is null ? Comparison.Holds(count, Number) : over > 0 && Comparison.Holds((double)count / over, Number);

    /// <summary>In one normal form; reads back as the same condition.</summary>
    public override string ToString()
    {
        if (!IsCount) return Term.ToString();
        var over = Over is null ? "" : $" / count({Over})";
        return string.Create(CultureInfo.InvariantCulture, $"count({Term}){over} {Comparison.Symbol()} {Number:0.###############}");
    }
}
