using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Grains.Tests;

/// <summary>Each decision about the workload "bad" fails.</summary>
internal sealed class BrokenRules(IRuleProgram rules) : IRuleProgram
{
    public string Revision => rules.Revision;

    public IReadOnlyList<string> FactsFor(string alertName) => rules.FactsFor(alertName);

    public Decision Decide(Fact alert, FactView view) =>
        alert["workload"] == "bad" ? throw new InvalidOperationException("the rules are broken for it") : rules.Decide(alert, view);
}
