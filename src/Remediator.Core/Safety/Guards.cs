namespace Remediator.Core.Safety;

/// <summary>Every safety check, in the order in which they are asked; the first refusal counts.</summary>
public static class Guards
{
    public static IReadOnlyList<Guard> Ordered { get; } =
    [
        new("paused", Paused.Check),
        new("held", HeldBack.Check),
        new("protected", Protected.Check),
        new("stale", Stale.Check),
        new("storm", InStorm.Check),
        new(RootCauseBusy.Name, RootCauseBusy.Check),
        new("mode", ModeCeiling.Check),
        new("cooldown and attempts", CooldownAndAttempts.Check),
        new("budget", Budget.Check),
        new("disruption", Disruption.Check),
        new("ownership", Ownership.Check),
    ];

    /// <summary>The first guard that refuses, with its reason; null when all let the step pass.</summary>
    public static (Guard Guard, Verdict Verdict)? FirstRefusal(GuardedStep step)
    {
        foreach (var guard in Ordered)
        {
            if (guard.Check(step) is { IsAllowed: false } verdict)
            {
                return (guard, verdict);
            }
        }

        return null;
    }
}
