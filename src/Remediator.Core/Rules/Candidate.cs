using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>A condition of a candidate.</summary>
/// <param name="Clause"><c>when</c> or <c>unless</c>.</param>
/// <param name="Term">The place of its term among all terms of the candidates.</param>
/// <param name="Over">The place of the term that a ratio divides by; -1 where there is none.</param>
public sealed record CandidateCondition(string Clause, Condition Condition, int Term, int Over)
{
    public bool IsUnless => Clause == Condition.UnlessClause;
}

/// <summary>A rule among those for one alertname, with what is the same in each of its traces made once.</summary>
public sealed class Candidate
{
    private const string AlertClause = "alert";
    private readonly ConditionTrace _alertMatches;
    private readonly CandidateCondition[] _conditions;

    internal Candidate(Rule rule, int selector, CandidateCondition[] conditions)
    {
        Rule = rule;
        Selector = selector;
        _conditions = conditions;
        _alertMatches = new(AlertClause, rule.Alert.ToString(), true, "");
    }

    public Rule Rule { get; }

    public IReadOnlyList<CandidateCondition> Conditions => _conditions;

    /// <summary>What starts an action needs certainty; what stops one does not.</summary>
    public bool DoubtIsNo => Rule.Then.Kind is DecisionKind.Run;

    /// <summary>The place of its alert's selector among all selectors of the candidates.</summary>
    internal int Selector { get; }

    /// <param name="failing">The first matcher of the alert's selector that fails.</param>
    /// <param name="findings">Of all terms of the candidates.</param>
    internal CandidateTrace Evaluate(Fact alert, Matcher? failing, ReadOnlySpan<Finding> findings)
    {
        var traces = new ConditionTrace[_conditions.Length + 1];
        traces[0] = failing is null ? _alertMatches : Rejected(alert, failing);
        var matched = failing is null;
        for (var i = 0; i < _conditions.Length; i++)
        {
            var asked = _conditions[i];
            var trace =
                asked.Condition.Answer(asked.Clause, DoubtIsNo, findings[asked.Term], asked.Over < 0 ? default : findings[asked.Over]);
            traces[i + 1] = trace;
            matched &= trace.Ok;
        }

        return new(Rule.Name, Rule.Place, matched, traces);
    }

    private ConditionTrace Rejected(Fact alert, Matcher failing) => new(
        AlertClause,
        _alertMatches.Text,
        false,
        failing.ValueIn(alert) is { Length: > 0 } value ? $"{failing.Label} is \"{value}\"" : $"it has no {failing.Label}");
}
