using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>NRules evaluates the rules and decides which one wins; the facts are found by Core's index.</summary>
public sealed class NRulesEngine : IRuleEngine
{
    public string Name => "nrules";

    public IRuleProgram Compile(RuleSet rules) => new NRulesProgram(rules);
}
