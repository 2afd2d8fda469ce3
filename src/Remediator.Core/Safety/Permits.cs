using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Safety.Pauses;

namespace Remediator.Core.Safety;

/// <summary>What a run has to hold before it may change anything; the same that the guards have looked at.</summary>
public static class Permits
{
    public static PermitRequest Wanted(Incident incident, World world) =>
        new(incident.Id, Budget.Limits(world, incident.Run!.Playbook), [world.Resource]) 
        {
            Shared = Claims.Shared(world),
            Seen = new(PauseBook.Key(world.Resource.Cluster), world.Pauses.Version, "what is paused"),
        };
}
