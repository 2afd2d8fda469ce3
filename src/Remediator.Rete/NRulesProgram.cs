using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>
/// Core finds the facts and writes the trace; NRules says which rule wins. Decisions run side by side, and nothing of one is kept for the
/// next.
/// </summary>
internal sealed class NRulesProgram(RuleSet rules) : IRuleProgram
{
    private readonly PreparedCandidates<Network> _networks = new(rules, c => new(c));

    public string Revision { get; } = rules.Revision;

    public IReadOnlyList<string> FactsFor(string alertName) => _networks.For(alertName).Candidates.Kinds;

    public Decision Decide(Fact alert, FactView view)
    {
        var network = _networks.For(alert.Name);
        var findings = network.Candidates.Find(alert, view);
        var winner = network.FirstToFire(alert, findings);
        var trace = network.Candidates.Trace(alert, findings, out var expected);
        if (winner != expected)
            throw new InvalidOperationException(
                $"For {alert.Name}, NRules fires {Named(winner)} first, and by the trace it would be {Named(expected)}: "
                    + $"where they disagree nothing is decided.");
        return Conclusion.Of(winner, alert, view, Revision, trace);
    }

    private static string Named(Rule? rule) => rule is null ? "no rule" : $"'{rule.Name}'";
}
