using Remediator.Core.Journal;

namespace Remediator.Crash.Tests.Plans;

/// <summary>Draws a plan. Counts of hits are drawn from what a run of that size usually reaches, so that most kills happen.</summary>
internal static class CrashPlanner
{
    /// <summary>No Alertmanager of these runs has silences.</summary>
    internal static readonly IReadOnlyList<string> Places = [.. Failpoint.Names.Where(n => n != "after-page-is-held")];

    private static readonly string[] InRecovery =
        [
            "after-decision-commit", "after-intent-commit", "before-move-is-told", "before-call", "after-effect-before-outcome",
            "after-began-commit", "before-progress", "after-push-intent-commit", "after-end-before-outcome", "after-cancel-intent-commit",
            "after-cancel-before-outcome", "before-undo-intent-commit", "after-undo-intent-commit", "after-undo-before-outcome",
            "during-verification", "during-escalation", "mid-group-commit", "after-commit"];

    public static CrashPlan Of(int seed)
    {
        var random = new Random(seed);
        var failpoint = Places[random.Next(Places.Count)];
        var resources = Enumerable.Range(0, random.Next(4, 9)).Select(i => Resource(i, random)).ToList();
        resources[0] = Reaching(failpoint, resources[0], random);
        return new()
        {
            Seed = seed,
            First = new(failpoint, Hits(failpoint, resources, random)),
            Second = random.NextDouble() < 0.4 ? SecondOf(random) : null,
            Resources = resources,
            ReloadAt = failpoint == "during-reload" || random.NextDouble() < 0.2 ? Between(random, 200, 2000) : null,
            ShutdownAt = failpoint == "during-shutdown" || random.NextDouble() < 0.2 ? Between(random, 500, 4000) : null,
            Alertmanagers = random.Next(1, 3),
            Copies = random.Next(1, 4),
            RepeatEvery = Between(random, 300, 1500),
            MachineTakes = Between(random, 400, 4000),
            NotifyFailures = random.Next(0, 3),
        };
    }

    /// <summary>The first resource is such that the place is reached.</summary>
    private static ResourcePlan Reaching(string failpoint, ResourcePlan resource, Random random) => failpoint switch
    {
        "during-escalation" => Of(resource, Cure.Nothing),
        "before-move-is-told" => resource with { Trouble = Trouble.SeenLate, Refusals = 0 },
        "after-began-commit" or "before-progress" or "after-end-before-outcome" =>
            Of(resource, (Cure[])[Cure.Machine, Cure.MachineThatHalts, Cure.NotEvenMachine], random),
        "after-push-intent-commit" => Of(resource, Cure.MachineThatHalts),
        "after-cancel-intent-commit" or "after-cancel-before-outcome" => Of(resource, Cure.NoMachineInTime),
        "before-undo-intent-commit" or "after-undo-intent-commit" or "after-undo-before-outcome" =>
            Of(resource, (Cure[])[Cure.NotEvenMemory, Cure.NotEvenMachine], random),
        _ => resource,
    };

    private static ResourcePlan Of(ResourcePlan resource, Cure[] cures, Random random) => Of(resource, cures[random.Next(cures.Length)]);

    private static ResourcePlan Of(ResourcePlan resource, Cure cure) =>
        resource with { Cure = cure, Trouble = Trouble.None, Refusals = 0 };

    private static ResourcePlan Resource(int i, Random random)
    {
        var cure = random.Next(100) switch
        {
            < 38 => Cure.NewPod,
            < 55 => Cure.Rollout,
            < 64 => Cure.Nothing,
            < 73 => Cure.NotEvenMemory,
            < 82 => Cure.Machine,
            < 89 => Cure.MachineThatHalts,
            < 94 => Cure.NoMachineInTime,
            _ => Cure.NotEvenMachine,
        };
        var trouble = random.Next(100) switch { < 50 =>
            Trouble.None, < 60 => Trouble.HealsByItself, < 70 => Trouble.AlertFlaps, < 80 => Trouble.SeenLate, _ => Trouble.AnswerIsLost };
        var refusals = trouble is Trouble.AnswerIsLost && random.Next(2) == 0 ? random.Next(1, 8) : 0;
        return new(i, cure, trouble, Between(random, 0, 1500), Between(random, 1000, 4000), refusals, random.Next(2) == 0);
    }

    private static int Hits(string failpoint, List<ResourcePlan> resources, Random random)
    {
        var count = resources.Count;
        var acts = resources.Sum(r => (r.Trouble is Trouble.HealsByItself ? 0 : 1) + (r.Cure is Cure.NewPod || r.IsLong ? 0 : 1));
        var undisturbed = resources.Where(r => r.Trouble is not (Trouble.HealsByItself or Trouble.AlertFlaps)).ToList();
        return random.Next(1, 1 + Math.Max(1, failpoint switch
        {
            "after-inbox-commit" => count,
            "after-decision-commit" => 5 * count,
            "mid-group-commit" or "after-commit" => 6 * count,
            "after-intent-commit" or "before-call" or "after-effect-before-outcome" or "during-verification" => acts,
            "during-escalation" => 2,
            "before-move-is-told" => resources.Count(r => r.Trouble is Trouble.SeenLate),
            "after-began-commit" => undisturbed.Count(r => r.IsLong),
            "before-progress" => 2 * undisturbed.Count(r => r.IsLong),
            "after-end-before-outcome" => undisturbed.Count(r => r.IsLong && r.Cure is not Cure.NoMachineInTime),
            "after-push-intent-commit" => undisturbed.Count(r => r.Cure is Cure.MachineThatHalts),
            "after-cancel-intent-commit" or "after-cancel-before-outcome" => undisturbed.Count(r => r.Cure is Cure.NoMachineInTime),
            "before-undo-intent-commit" or "after-undo-intent-commit" or "after-undo-before-outcome" =>
                undisturbed.Count(r => r.IsTakenBack),
            "during-shutdown" => 4,
            _ => 1,
        }));
    }

    private static Kill SecondOf(Random random)
    {
        var failpoint = InRecovery[random.Next(InRecovery.Length)];
        return new(failpoint, random.Next(1, failpoint is "after-decision-commit" or "mid-group-commit" or "after-commit" ? 9 : 3));
    }

    private static TimeSpan Between(Random random, int least, int most) => TimeSpan.FromMilliseconds(random.Next(least, most));
}
