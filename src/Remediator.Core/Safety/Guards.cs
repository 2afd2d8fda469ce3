using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>Every safety check, in the order in which they are asked; the first refusal decides.</summary>
public static class Guards
{
    public static IReadOnlyList<Guard> Ordered { get; } =
    [
        new("paused", Paused.Check),
        new("held", HeldByPeople.Check),
        new("protected", Protected.Check),
        new("stale", Stale.Check),
        new("storm", InStorm.Check),
        new(RootCauseBusy.Name, RootCauseBusy.Check),
        new("mode", ModeCeiling.Check),
        new("cooldown and attempts", CooldownAndAttempts.Check),
        new("budget", Budget.Check),
        new("disruption", Disruption.Check),
        new("ownership", GitOwnership.Check),
        FreshLook.Guard,
    ];

    /// <summary>The first guard that refuses, with its reason; null when all let the step pass.</summary>
    public static (Guard Guard, Verdict Verdict)? FirstRefusal(GuardedStep step) => FirstRefusal(step, step.World.Guards);

    /// <summary>What stops the taking back of a change too, which needs no permit: what people have paused or hold.</summary>
    internal static (Guard Guard, Verdict Verdict)? Stop(GuardedStep step) =>
        FirstRefusal(step, step.World.Guards.Where(g => g.Name is "paused" or "held"));

    private static (Guard Guard, Verdict Verdict)? FirstRefusal(GuardedStep step, IEnumerable<Guard> guards)
    {
        foreach (var guard in guards)
        {
            if (guard.Check(step) is { IsAllowed: false } verdict)
            {
                return (guard, verdict);
            }
        }

        return null;
    }
}
