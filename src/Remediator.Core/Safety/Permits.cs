using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>What a run has to hold before it may change anything; the same that the guards have looked at.</summary>
public static class Permits
{
    public static PermitRequest Wanted(Incident incident, World world) =>
        new(incident.Id, Limits(incident, world), Claims.Alone(world, incident.Run!.Plan))
        {
            Shared = [.. Claims.Shared(world).Except(Claims.Alone(world, incident.Run.Plan))],
            Seen = Paused(world),
        };

    /// <summary>The places that it takes.</summary>
    internal static IReadOnlyList<BudgetLimit> Limits(Incident incident, World world) =>
        [.. Budget.Limits(world, incident.Run!.Playbook, incident.Run.Plan), .. SlowStart.Limits(world, incident)];

    /// <summary>
    /// For taking back, which needs none, and for an act that goes on, which has its own: it asks for nothing, and is denied only where
    /// something was paused since.
    /// </summary>
    public static PermitRequest ToGoOn(string incidentId, World world) => new(incidentId, [], []) { Seen = Paused(world) };

    private static SeenStream Paused(World world) => new(PauseBook.Key(world.Resource.Cluster), world.Pauses.Version, "what is paused");
}
