using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>One session for all decisions, one decision at a time: NRules' sessions are not thread-safe, and one for each thread would hold all facts again.</summary>
internal sealed class NRulesProgram(RuleSet rules) : IRuleProgram
{
    private readonly Rule[] _rules = [.. rules.Rules];
    private readonly Network _network = new(rules.Rules.Select(r => new CompiledRule(r)));
    private readonly Lock _one = new();
    private Memory? _memory;

    public string Revision { get; } = rules.Revision;

    public Decision Decide(Fact alert, FactView view)
    {
        var answers = Ask(alert, view);
        if (answers.Count != _rules.Count(r => r.Alert.MatchesName(alert.Name)))
            throw new InvalidOperationException($"NRules answered for {answers.Count} of the {_rules.Count(r => r.Alert.MatchesName(alert.Name))} rules for {alert.Name}; with less than all of them nothing is decided.");
        Rule? winner = null;
        foreach (var (rule, trace) in answers)
        {
            if (trace.Matched && (winner is null || Conclusion.Beats(rule.Rule, winner))) winner = rule.Rule;
        }

        return Conclusion.Of(winner, alert, view, Revision, [.. answers.Select(a => a.Trace)]);
    }

    private IReadOnlyList<(CompiledRule Rule, CandidateTrace Trace)> Ask(Fact alert, FactView view)
    {
        lock (_one)
        {
            // what is in the middle of a change when something fails cannot be told, so the next decision begins with nothing
            var memory = _memory ?? _network.Begin();
            _memory = null;
            var answers = memory.Ask(alert, view);
            _memory = memory;
            return answers;
        }
    }
}
