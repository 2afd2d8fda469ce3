using Remediator.Core.Incidents;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// What is only the symptom of something bigger waits for it, and calls nobody: one escalation, of the cause, and not hundreds.
/// </summary>
internal static class Symptoms
{
    /// <summary>The wait for a larger problem, if there is one; null if this incident is a problem of its own.</summary>
    public static Move? Wait(Incident incident, World world) =>
        Guards.LargerProblem(world, incident) is { } larger ? Holding.By(larger, incident, world) : null;
}
