using Remediator.Core.Rules;
using Remediator.Rete;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Settings;

/// <summary>The engines that can evaluate rules. Their answers are the same.</summary>
internal static class RuleEngines
{
    public static IReadOnlyList<IRuleEngine> All { get; } = [new NRulesEngine(), new NativeRuleEngine()];

    public static IRuleEngine? Find(string name) => All.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="VerbException">There is none of this name.</exception>
    public static IRuleEngine Of(IConfiguration settings)
    {
        var name = settings[$"{EngineOptions.Section}:{nameof(EngineOptions.Rules)}"] ?? new EngineOptions().Rules;
        return Find(name) ?? throw new VerbException(Unknown(name));
    }

    public static string Unknown(string name) => $"Engine:Rules is '{name}'; set {string.Join(" or ", All.Select(e => e.Name))}.";
}
