using System.Collections.Concurrent;
using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

internal sealed class NativeRuleProgram(RuleSet rules) : IRuleProgram
{
    /// <summary>Alertnames come from outside, so that what is kept of them has an end.</summary>
    private const int MaxKnownNames = 4096;

    private readonly CompiledRule[] _rules = [.. rules.Rules.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new CompiledRule(r))];
    private readonly ConcurrentDictionary<string, Candidates> _candidates = new(StringComparer.Ordinal);

    public string Revision { get; } = rules.Revision;

    public Decision Decide(Fact alert, FactView view)
    {
        var trace = CandidatesFor(alert.Name).Evaluate(alert, view, out var winner);
        return Conclusion.Of(winner?.Rule, alert, view, Revision, trace);
    }

    private Candidates CandidatesFor(string alertName)
    {
        if (_candidates.TryGetValue(alertName, out var known)) return known;
        var candidates = new Candidates(Array.FindAll(_rules, r => r.Rule.Alert.MatchesName(alertName)));
        return _candidates.Count < MaxKnownNames ? _candidates.GetOrAdd(alertName, candidates) : candidates;
    }
}
