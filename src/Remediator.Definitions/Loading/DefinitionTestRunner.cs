using Remediator.Core.Policies;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Testing;

namespace Remediator.Definitions.Loading;

/// <summary>Runs the users' tests: for <c>check</c>, for <c>test</c>, and before a reload is accepted.</summary>
public static class DefinitionTestRunner
{
    /// <exception cref="DefinitionsInvalidException">There are faults; nothing can be tested.</exception>
    public static IReadOnlyList<DefinitionTestResult> Run(LoadedDefinitions loaded) =>
        Run(loaded, TimeProvider.System, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// As <see cref="Run(LoadedDefinitions)"/>, until the first test that would begin too late; that one fails, and none is run after it.
    /// </summary>
    internal static IReadOnlyList<DefinitionTestResult> Run(LoadedDefinitions loaded, TimeProvider time, TimeSpan within)
    {
        var set = loaded.OrThrow();
        var begun = time.GetTimestamp();
        var results = new List<DefinitionTestResult>();
        foreach (var test in loaded.Tests)
        {
            if (within != Timeout.InfiniteTimeSpan && time.GetElapsedTime(begun) > within)
            {
                results.Add(new(
                    test.File,
                    test.Line,
                    test.Name,
                    false,
                    $"The tests took longer than {within.TotalSeconds:0} s; this one and "
                        + $"{loaded.Tests.Count - results.Count - 1} more were not run. Make them smaller; 'remediator "
                        + $"test' runs all of them."));
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
