using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>Matches with NRules: facts stay in its network from one decision to the next, and only what changed goes through it again.</summary>
public sealed class NRulesEngine : IRuleEngine
{
    public string Name => "nrules";

    public IRuleProgram Compile(RuleSet rules) => new NRulesProgram(rules);
}
