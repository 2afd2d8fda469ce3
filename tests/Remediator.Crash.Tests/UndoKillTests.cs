using Remediator.Core.Events;
using Remediator.Crash.Tests.Histories;
using Remediator.Crash.Tests.Plans;
using Remediator.Crash.Tests.Runs;

namespace Remediator.Crash.Tests;

/// <summary>
/// Killed between the decision to take back and its intent in the journal, and between the intent and the effect: an effect without an
/// intent must not be found afterwards, nor two of either.
/// </summary>
public sealed class UndoKillTests
{
    [Theory]
    [InlineData("before-undo-intent-commit", 1, "NotEvenMemory")]
    [InlineData("before-undo-intent-commit", 1, "NotEvenMachine")]
    [InlineData("after-undo-intent-commit", 2, "NotEvenMemory")]
    [InlineData("after-undo-intent-commit", 2, "NotEvenMachine")]
    public Task Server_KilledBeforeItTakesBack_TakesBackOnce(string place, int intents, string cure) =>
        TakesBackAsync(place, intents, cure, seed: 1);

    [Theory]
    [Trait("Needs", "Postgres")]
    [InlineData("before-undo-intent-commit", 1, "NotEvenMemory")]
    [InlineData("after-undo-intent-commit", 2, "NotEvenMachine")]
    public Task Server_KilledBeforeItTakesBack_OnPostgres_TakesBackOnce(string place, int intents, string cure) =>
        TakesBackAsync(place, intents, cure, seed: 5);

    private static async Task TakesBackAsync(string place, int intents, string cure, int seed)
    {
        var plan = new CrashPlan
        {
            Seed = seed,
            First = new(place, 1),
            Resources = [new(0, Enum.Parse<Cure>(cure), Trouble.None, TimeSpan.FromMilliseconds(100), default, 0, PersonMends: false)],
            Alertmanagers = 1,
            Copies = 1,
            RepeatEvery = TimeSpan.FromSeconds(1),
            MachineTakes = TimeSpan.FromSeconds(1),
            NotifyFailures = 0,
        };

        var outcome = await new CrashRun(plan, new(null, Talk: false), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

        Assert.False(outcome.Failed, $"{string.Join('\n', outcome.Faults)}\n{outcome.Story}");
        Assert.Equal(1, outcome.Kills);
        var history = outcome.History!;
        Assert.Equal(intents, history.Of<UndoIntended>().Count());
        Assert.Single(history.Effects, UndoChecks.IsUndo);
        Assert.Single(history.Of<ActionUndone>());
        Assert.Single(history.Of<VerificationFailed>(), v => v.Event.Undo);
    }
}
