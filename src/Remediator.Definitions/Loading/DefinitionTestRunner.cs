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
    /// As <see cref="Run(LoadedDefinitions)"/>, until the first test that would begin or end too late; that one fails, and none is run
    /// after
    /// it. A test that does not end cannot be stopped: its thread goes on until it ends or the process does.
    /// </summary>
    internal static IReadOnlyList<DefinitionTestResult> Run(LoadedDefinitions loaded, TimeProvider time, TimeSpan within)
    {
        var set = loaded.OrThrow();
        var begun = time.GetTimestamp();
        var results = new List<DefinitionTestResult>();
        foreach (var test in loaded.Tests)
        {
            if (within == Timeout.InfiniteTimeSpan)
            {
                results.Add(Run(test, set));
                continue;
            }

            var left = within - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
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

            if (Run(test, set, time, left) is { } result)
            {
                results.Add(result);
                continue;
            }

            results.Add(new(
                test.File,
                test.Line,
                test.Name,
                false,
                $"It did not end within {left.TotalSeconds:0} s, what was left of {within.TotalSeconds:0} s for all tests; "
                    + $"{loaded.Tests.Count - results.Count - 1} more were not run. Make its facts or its rules smaller."));
            break;
        }

        return results;
    }

    /// <returns>Null where it did not end.</returns>
    private static DefinitionTestResult? Run(DefinitionTest test, DefinitionSet set, TimeProvider time, TimeSpan within)
    {
        using var over = new CancellationTokenSource(within, time);
        var running = Task.Factory.StartNew(
            () => Run(test, set), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Task.WaitAny([running], over.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return running.GetAwaiter().GetResult();
    }

    private static DefinitionTestResult Run(DefinitionTest test, DefinitionSet set)
    {
        var failure = test.Failure(set);
        return new(test.File, test.Line, test.Name, failure is null, failure);
    }
}
