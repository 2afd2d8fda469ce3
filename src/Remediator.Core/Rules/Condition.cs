using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>One parsed condition of the rule language; used in rules, and in playbooks' <c>problem</c> and <c>when</c>.</summary>
public sealed class Condition
{
    internal const string WhenClause = "when";

    internal const string UnlessClause = "unless";

    /// <summary>Most conditions of most rules find nothing; their trace is the same every time.</summary>
    private readonly ConditionTrace?[] _nothing = new ConditionTrace?[4];

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

    /// <summary>The kinds of facts that it names; none where it is about alerts.</summary>
    public IEnumerable<string> Kinds => new[] { Term, Over }.Select(t => t?.Selector.Name).OfType<string>().Where(FactSchema.IsKind);

    internal Term Term { get; }

    internal Term? Over { get; }

    /// <summary>Whether facts are counted, or one is enough.</summary>
    public bool IsCount { get; }

    public Comparison Comparison { get; }

    /// <summary>What the count, or the ratio of two, is compared with; 0.3 for <c>30%</c>.</summary>
    public double Number { get; }

    internal IEnumerable<Term> Terms => Over is null ? [Term] : [Term, Over];

    /// <exception cref="FormatException">With the place and what was expected.</exception>
    public static Condition Parse(string text) => RuleParser.OrThrow(text, t => RuleParser.Condition(t));

    /// <returns>Null where there was a fault, which was added.</returns>
    public static Condition? Parse(string text, ICollection<TextFault> faults, SelectorNames? names = null) =>
        RuleParser.OrFault(text, t => RuleParser.Condition(t, names), faults);

    /// <summary>Whether it holds, or for the clause <c>unless</c>, whether it does not. What cannot be decided is never ok.</summary>
    /// <param name="subject">The alert that <c>on(...)</c> joins with; null in playbooks, which see only their own resource.</param>
    public ConditionTrace Evaluate(string clause, Fact? subject, FactView view) => Answer(
        clause,
        doubtIsNo: true,
        Term.Find(JoinKey.Of(Term.On, subject), view),
        Over is null ? default : Over.Find(JoinKey.Of(Over.On, subject), view));

    /// <param name="doubtIsNo">If false, a join on a label that the alert lacks is treated as one that found nothing.</param>
    internal ConditionTrace Answer(string clause, bool doubtIsNo, in Finding found, in Finding over)
    {
        var missing = found.Missing ?? over.Missing;
        var holds = !IsCount ? found.Count > 0 : Compare(found.Count, over.Count);
        var undecided = missing is not null || (Over is not null && over.Count == 0);
        var unless = clause == UnlessClause;
        var ok = !(undecided && doubtIsNo) && holds != unless;
        if (found.Count > 0 || missing is not null || Over is not null) return new(clause, this, ok, found, over, missing);
        ref var nothing = ref _nothing[(unless ? 2 : 0) + (ok ? 1 : 0)];
        return nothing ??= new(clause, this, ok, found, over, missing);
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
