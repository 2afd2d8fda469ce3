namespace Remediator.Core.Rules;

/// <summary>Evaluates every candidate rule by hash lookups; keeps nothing between decisions.</summary>
public sealed class NativeRuleEngine : IRuleEngine
{
    public string Name => "native";

    public IRuleProgram Compile(RuleSet rules) => new NativeRuleProgram(rules);
}
