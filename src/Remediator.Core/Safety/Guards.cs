using Remediator.Core.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>Every safety check, in the order in which they are asked; the first refusal decides.</summary>
public static class Guards
{
    public static IReadOnlyList<Guard> Ordered { get; } =
    [
        Paused.Guard,
        HeldByPeople.Guard,
        Protected.Guard,
        Stale.Guard,
        InStorm.Guard,
        RootCauseBusy.Guard,
        ModeCeiling.Guard,
        CooldownAndAttempts.Guard,
        SlowStart.Guard,
        Budget.Guard,
        Disruption.Guard,
        Members.Guard,
        GitOwnership.Guard,
        FreshLook.Guard,
    ];

    /// <summary>The first guard that refuses, with its reason; null when all let the step pass.</summary>
    public static GuardRefusal? FirstRefusal(GuardedStep step) => FirstRefusal(step, step.World.Guards);

    /// <summary>What stops the taking back of a change too, which needs no permit: what people have said.</summary>
    internal static GuardRefusal? Stop(GuardedStep step) => FirstRefusal(step, step.World.Guards.Where(g => g.IsOfPeople));

    /// <summary>Asked even where an earlier guard refuses: nobody releases what its owner would revert.</summary>
    internal static GuardRefusal? OfOwners(GuardedStep step) => FirstRefusal(step, Ordered.Where(g => g.Stage is GuardStage.Owner));

    /// <summary>The larger problem that an incident waits for; null where it is a problem of its own.</summary>
    internal static GuardRefusal? LargerProblem(World world, Incident incident) =>
        world.Guards.Where(g => g.LargerProblem is not null)
            .Select(g => new GuardRefusal(g, g.LargerProblem!(world, incident)))
            .FirstOrDefault(r => r.Verdict is { IsAllowed: false, Final: false });

    private static GuardRefusal? FirstRefusal(GuardedStep step, IEnumerable<Guard> guards) =>
        guards.Select(g => new GuardRefusal(g, g.Check(step))).FirstOrDefault(r => !r.Verdict.IsAllowed);
}
