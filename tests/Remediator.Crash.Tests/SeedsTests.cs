using System.Collections.Concurrent;
using System.Globalization;
using Remediator.Crash.Tests.Histories;
using Remediator.Crash.Tests.Plans;
using Remediator.Crash.Tests.Runs;

namespace Remediator.Crash.Tests;

/// <summary>
/// The real server, killed at seeded places and started again. Settings are environment variables: <c>REMEDIATOR_TEST_SEEDS</c> how many
/// seeds,
/// <c>REMEDIATOR_TEST_SEED</c> one alone, <c>REMEDIATOR_TEST_PROGRAM</c> another build of the program, <c>REMEDIATOR_TEST_RESULTS</c> a
/// folder for the summary.
/// </summary>
public sealed class SeedsTests
{
    private const int Usual = 50;

    /// <summary>A long run shows how far it is.</summary>
    private const int Often = 25;

    private static readonly Lock Publishing = new();

    /// <summary>A run mostly waits, so more of them go on than there are processors.</summary>
    private static readonly int AtOnce = Number("REMEDIATOR_TEST_AT_ONCE") ?? 2 * Environment.ProcessorCount;

    [Fact]
    public Task Server_KilledAnywhere_LosesNothing_AndDoesNothingTwice() => RunAsync("a-file", plan => !plan.OnPostgres);

    [Fact]
    [Trait("Needs", "Postgres")]
    public Task Server_KilledAnywhere_OnPostgres_LosesNothing_AndDoesNothingTwice() => RunAsync("postgresql", plan => plan.OnPostgres);

    private static async Task RunAsync(string store, Func<CrashPlan, bool> belongs)
    {
        var one = Number("REMEDIATOR_TEST_SEED");
        var seeds = one is { } seed
            ? [seed]
            : Enumerable.Range(Number("REMEDIATOR_TEST_FIRST_SEED") ?? 1, Number("REMEDIATOR_TEST_SEEDS") ?? Usual);
        var plans = seeds.Select(CrashPlanner.Of).Where(belongs).ToList();
        Assert.SkipWhen(plans.Count == 0, "The journal of this seed is in the other store.");
        var settings = new RunSettings(
            Environment.GetEnvironmentVariable("REMEDIATOR_TEST_PROGRAM") is { Length: > 0 } program ? program : null,
            Talk: one is not null);
        var began = TimeProvider.System.GetTimestamp();
        var outcomes = new ConcurrentBag<CrashOutcome>();

        await Parallel.ForEachAsync(
            plans, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (plan, token) =>
            {
                var outcome = await OutcomeAsync(plan, settings, token);
                outcomes.Add(outcome with { Story = outcome.Failed || one is not null ? outcome.Story : "" });
                if (outcomes.Count % Often == 0)
                    Publish(store, [.. outcomes], TimeProvider.System.GetElapsedTime(began), one is not null);
            });

        var ordered = outcomes.OrderBy(o => o.Plan.Seed).ToList();
        Publish(store, ordered, TimeProvider.System.GetElapsedTime(began), one is not null);
        Assert.True(ordered.TrueForAll(o => !o.Failed), string.Join("\n\n", ordered.Where(o => o.Failed).Select(Told)));
    }

    /// <summary>A run that breaks is a run that failed; the others go on.</summary>
    private static async Task<CrashOutcome> OutcomeAsync(CrashPlan plan, RunSettings settings, CancellationToken token)
    {
        try
        {
            return await new CrashRun(plan, settings, TimeProvider.System).RunAsync(token);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            return new(plan, 0, [], TimeSpan.Zero, [new(FaultKind.Broken, e.ToString())], 0, 0, 0, "");
        }
    }

    private static string Told(CrashOutcome o) => $"{o.Plan}\n  {string.Join("\n  ", o.Faults)}\n  again: tests/run --seed {o.Plan.Seed}";

    private static void Publish(string store, IReadOnlyList<CrashOutcome> outcomes, TimeSpan took, bool all)
    {
        if (Environment.GetEnvironmentVariable("REMEDIATOR_TEST_RESULTS") is not { Length: > 0 } folder)
            return;

        lock (Publishing)
        {
            File.WriteAllText(
                Path.Combine(folder, $"summary-{store}.md"), $"Journal in {store.Replace('-', ' ')}:\n\n{Summary.Of(outcomes, took)}\n");
            foreach (var o in outcomes.Where(o => all || o.Failed))
                File.WriteAllText(Path.Combine(folder, $"seed-{o.Plan.Seed}.txt"), $"{Told(o)}\n\n{o.Story}");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
