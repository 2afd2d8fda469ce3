using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>
/// The seam for another rule engine: it answers which rules match; language, checks and conflict resolution stay outside.
/// </summary>
public interface IRuleEngine
{
    string Name { get; }
    IRuleProgram Compile(RuleSet rules);
}

/// <summary>Immutable and thread-safe.</summary>
public interface IRuleProgram
{
    /// <summary>Content hash of the rules.</summary>
    string Revision { get; }

    /// <summary>The kinds of facts that any rule for this alert names: who does not know them cannot say what the rules say.</summary>
    IReadOnlyList<string> FactsFor(string alertName);

    /// <param name="alert">With the labels of its resource.</param>
    Decision Decide(Fact alert, FactView view);
}
