using Remediator.Core.Incidents;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// What is only the symptom of something bigger waits for it, and calls nobody: one escalation, of the cause, and not hundreds.
/// </summary>
internal static class Symptoms
{
    public static bool Is(Guard guard) => guard.Name is "storm" or RootCauseBusy.Name;

    /// <summary>The wait for a larger problem, if there is one; null if this incident is a problem of its own.</summary>
    public static Move? Wait(Incident incident, World world)
    {
        if (InStorm.Check(world) is { IsAllowed: false } storm)
        {
            return IdleIncident.Hold(incident, "storm", storm.Refusal!, world.Now + world.Settings.Tick, world);
        }

        return RootCauseBusy.Check(world, incident) is { IsAllowed: false, Final: false } cause
            ? IdleIncident.Hold(incident, RootCauseBusy.Name, cause.Refusal!, world.Now + world.Settings.Tick, world)
            : null;
    }
}
