using Remediator.Core.Policies;


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

/// <summary>Runs the users' tests: for <c>check</c>, for <c>test</c>, and before a reload is accepted.</summary>
public static class DefinitionTestRunner
{
    /// <exception cref="DefinitionsInvalidException">There are faults; nothing can be tested.</exception>
    public static IReadOnlyList<DefinitionTestResult> Run(LoadedDefinitions loaded) => Run(loaded, TimeProvider.System, Timeout.InfiniteTimeSpan);

    /// <summary>As <see cref="Run(LoadedDefinitions)"/>, until the first test that would begin too late; that one fails, and none is run after it.</summary>
    internal static IReadOnlyList<DefinitionTestResult> Run(LoadedDefinitions loaded, TimeProvider time, TimeSpan within)
    {
        var set = loaded.OrThrow();
        var begun = time.GetTimestamp();
        var results = new List<DefinitionTestResult>();
        foreach (var test in loaded.Tests)
        {
            if (within != Timeout.InfiniteTimeSpan && time.GetElapsedTime(begun) > within)
            {
                results.Add(new(test.File, test.Line, test.Name, false, $"The tests took longer than {within.TotalSeconds:0} s; this one and {loaded.Tests.Count - results.Count - 1} further ones were not run. Make them smaller; 'remediator test' runs them all."));
                break;
            }

            results.Add(Run(test, set));
        }

        return results;
    }

    private static DefinitionTestResult Run(DefinitionTest test, DefinitionSet set)
    {
        var failure = test.Failure(set);
        return new(test.File, test.Line, test.Name, failure is null, failure);
    }
}
