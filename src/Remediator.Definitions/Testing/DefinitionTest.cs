using Remediator.Core.Policies;
using Remediator.Definitions.Faults;

namespace Remediator.Definitions.Testing;

/// <summary>One test that a user wrote beside rules or playbooks.</summary>
public abstract record DefinitionTest(string File, int Line, string Name)
{
    /// <returns>What was otherwise than expected; null when it passed.</returns>
    internal abstract string? Failure(DefinitionSet definitions);
}

/// <param name="Failure">What was expected, what came instead, and why; null when it passed.</param>
public sealed record DefinitionTestResult(string File, int Line, string Name, bool Passed, string? Failure)
{
    /// <summary>A test that fails is a reason to refuse the files.</summary>
    public DefinitionFault ToFault() => new(File, Line, 1, $"the test '{Name}' fails", Failure);

    public override string ToString() => Passed ? $"passed  {Name} ({File}:{Line})" : $"FAILED  {Name} ({File}:{Line})\n{Failure}";
}
