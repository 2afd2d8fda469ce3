using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

internal sealed class NativeRuleProgram(RuleSet rules) : IRuleProgram
{
    private readonly PreparedCandidates<Candidates> _candidates = new(rules, c => c);

    public string Revision { get; } = rules.Revision;

    public IReadOnlyList<string> FactsFor(string alertName) => _candidates.For(alertName).Kinds;

    public Decision Decide(Fact alert, FactView view)
    {
        var candidates = _candidates.For(alert.Name);
        var trace = candidates.Trace(alert, candidates.Find(alert, view), out var winner);
        return Conclusion.Of(winner, alert, view, Revision, trace);
    }
}
