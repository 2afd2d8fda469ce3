using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// The one incident of what several workloads wait for, on their namespace or the cluster: people are told once, with all of them, when it
/// has lasted, and it closes when it is over.
/// </summary>
public static class SharedCauseWatch
{
    /// <summary>What passes by itself is told to nobody.</summary>
    internal static readonly TimeSpan ToldAfter = TimeSpan.FromMinutes(5);

    private const int MostListed = 50;

    /// <summary>Where people are not told yet; whoever is held by it wakes them.</summary>
    public static IReadOnlyList<ResourceKey> Unheard(ResourceState state, World world) =>
        state.Incidents.Exists(i => RootCauseBusy.Guard.HoldOf(i) is not null)
            && Causes.Shared(world) is { } cause
            && SharedCauses.Told(world, cause) is null
            ? [cause.Home]
            : [];

    internal static bool IsOf(Incident incident) => incident.Problem.StartsWith(SharedCause.ProblemPrefix, StringComparison.Ordinal);

    internal static bool IsOver(Incident incident, World world) => RuleChoices.SeesCluster(world) && Find(incident, world) is null;

    /// <summary>What a namespace or the cluster does about causes that it has no incident for.</summary>
    internal static IReadOnlyList<Happened> Begin(ResourceState state, World world) =>
        !Storms.IsScope(world.Resource) || !RuleChoices.SeesCluster(world)
            ? []
            :
            [
                .. from cause in SharedCauses.In(world, withOld: false)
                   where cause.Home == world.Resource && state.OfProblem(cause.Problem) is null
                   let id = world.NewId()
                   select new Happened(new IncidentOpened(cause.Problem, "", null), id, world.Now, id, Happened.Engine),
            ];

    internal static Move Next(Incident incident, World world)
    {
        if (incident.Escalation is not null)
        {
            return AfterEscalation.Next(incident, world);
        }

        var tick = world.Now + world.Settings.Tick;
        if (!RuleChoices.SeesCluster(world))
        {
            return Move.WaitsUntil(tick);
        }

        return Find(incident, world) is not { } cause
            ? Move.Happens(new IncidentClosed(CloseReason.Healed, AfterEscalation.Over(incident)))
            : world.Now - incident.OpenedAt < world.Settings.Scaled(ToldAfter)
                || incident.ObservedUnder == ModeCeiling.Under(world, null)
                ? Move.WaitsUntil(tick)
                : Move.Happens(Tell(cause, world));
    }

    private static SharedCause? Find(Incident incident, World world) =>
        SharedCauses.In(world, withOld: true)
            .FirstOrDefault(c => c.Home == world.Resource && c.Problem == incident.Problem);

    private static Event Tell(SharedCause cause, World world)
    {
        var victims = cause.Victims.Take(MostListed).Select(v => v.Display).ToList();
        var more = cause.Victims.Count - victims.Count;
        var told = Escalations.OfEngine(
            world,
            cause.Message,
            "it is told once, and not for each of them; nothing is done about them before it is over",
            cause.Look);
        return told is Escalated escalated && victims.Count > 0
            ? escalated with { Evidence = $"{string.Join(", ", victims)}{(more > 0 ? $" and {more} more" : "")}" }
            : told;
    }
}
