using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>A rule with what is the same in each of its traces made once.</summary>
public sealed class CompiledRule(Rule rule)
{
    private const string AlertClause = "alert";
    private readonly ConditionTrace _alertMatches = new(AlertClause, rule.Alert.ToString(), true, "");
    private readonly (string Clause, Condition Condition)[] _conditions =
        [.. rule.When.Select(c => ("when", c)), .. rule.Unless.Select(c => (Condition.UnlessClause, c))];

    private readonly TermSlots[] _ownTerms = InOrder([.. rule.When, .. rule.Unless]);

    /// <summary>What starts an action needs certainty; what stops one does not.</summary>
    private readonly bool _doubtIsNo = rule.Then.Kind is DecisionKind.Run;

    public Rule Rule { get; } = rule;

    internal string AlertText => _alertMatches.Text;

    /// <summary>What has to be found to answer it: of each condition one term, or two where it compares two counts.</summary>
    public IReadOnlyList<Term> Terms { get; } = [.. rule.When.Concat(rule.Unless).SelectMany(c => c.Terms)];

    internal IEnumerable<Condition> Conditions => _conditions.Select(c => c.Condition);

    /// <summary>The answer with its whole trace, for an engine that finds by its own means.</summary>
    /// <param name="findings">In the order of <see cref="Terms"/>.</param>
    public CandidateTrace Answer(Fact alert, ReadOnlySpan<Finding> findings) => Evaluate(alert, Rule.Alert.FirstFailing(alert), _ownTerms, findings);

    /// <param name="failing">The first matcher of the alert's selector that fails.</param>
    /// <param name="terms">Where the terms of each condition are among the findings.</param>
    internal CandidateTrace Evaluate(Fact alert, Matcher? failing, ReadOnlySpan<TermSlots> terms, ReadOnlySpan<Finding> findings)
    {
        var traces = new ConditionTrace[_conditions.Length + 1];
        traces[0] = failing is null ? _alertMatches : Subject(alert, failing);
        var matched = failing is null;
        for (var i = 0; i < _conditions.Length; i++)
        {
            var (clause, condition) = _conditions[i];
            var slots = terms[i];
            var trace = condition.Answer(clause, _doubtIsNo, findings[slots.Term], slots.Over < 0 ? default : findings[slots.Over]);
            traces[i + 1] = trace;
            matched &= trace.Ok;
        }

        return new(Rule.Name, Rule.Place, matched, traces);
    }

    private static TermSlots[] InOrder(Condition[] conditions)
    {
        var next = 0;
        return Array.ConvertAll(conditions, c => new TermSlots(next++, c.Over is null ? -1 : next++));
    }

    private ConditionTrace Subject(Fact alert, Matcher failing) =>
        new(AlertClause, AlertText, false, failing.ValueIn(alert) is { Length: > 0 } value ? $"{failing.Label} is \"{value}\"" : $"it has no {failing.Label}");
}
