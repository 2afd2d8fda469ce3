using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// Has a resource looked at anew where its playbook says so: before a run begins, before each step, and before a step is verified.
/// </summary>
internal static class Looking
{
    /// <summary>Where nothing shows that anything is wrong, it is not looked at all the time.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);

    /// <returns>The look that is wanted now; null where it has to wait.</returns>
    public static Move? Next(Incident incident, Playbook playbook, World world) =>
        RetryAt(incident, playbook, world) is { } at && world.Now < at
        ? null
        : Move.WaitsFor(JobOrders.Look(incident, playbook, world), world.Now + JobOrders.LookAgain(world));

    /// <summary>Where no run has begun.</summary>
    /// <returns>Null where it is known how things are.</returns>
    public static Move? BeforeARun(Incident incident, Playbook playbook, World world)
    {
        if (FreshLook.Doubt(world, incident, playbook) is not { } doubt)
        {
            return null;
        }

        if (Next(incident, playbook, world) is { } look)
        {
            return look;
        }

        var why = incident.Looked!.Failure is null
            ? HeldReason.Of(
                "what was looked at does not show what the alert says",
                RuleChoices.FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world)) ?? "")
            : doubt;
        return Holding.By(FreshLook.Guard, why, RetryAt(incident, playbook, world)!.Value, incident, world);
    }

    /// <summary>Null for at once.</summary>
    private static DateTimeOffset? RetryAt(Incident incident, Playbook playbook, World world)
    {
        if (incident.Looked is not { } looked || looked.Playbook != playbook.Name)
        {
            return null;
        }

        if (looked.Failure is not null)
        {
            var wait = FirstRetry * Math.Pow(2, Math.Min(looked.Failures - 1, 4));
            return looked.At + world.Settings.Scaled(wait);
        }

        var isWell = incident.Run is null && RuleChoices.FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world)) is not null;
        if (isWell)
        {
            return looked.At + world.Settings.Scaled(Pause);
        }

        // a new step is looked at anew at once; what was seen for this one and does not do is seen again in a moment
        return looked.At <= FreshLook.Since(incident) ? null : looked.At + world.Settings.Scaled(FirstRetry);
    }
}
