using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// The one incident of a storm, on its zone, its namespace or the cluster: opened once, told to people once, and closed when it was over
/// for the cool-down.
/// </summary>
public static class StormWatch
{
    /// <summary>
    /// Zones, namespaces and clusters that do not know of their storm yet. Whoever is held by it wakes them, at every look, until their
    /// incident is open.
    /// </summary>
    public static IReadOnlyList<ResourceKey> Unheard(ResourceState state, World world)
    {
        if (!state.Incidents.Exists(i => InStorm.Guard.HoldOf(i) is not null))
        {
            return [];
        }

        var storms = Lasting(world);
        var counts = storms is [{ Scope.Kind: ResourceKinds.Cluster } whole, ..] ? [whole] : storms;
        return [.. counts.Select(s => s.Scope)
            .Where(s => world.OpenIncident(s, Storms.Problem) is not { KnownStatus: IncidentStatus.Storm })];
    }

    /// <summary>What a zone, a namespace or a cluster does about a storm that it has no incident for.</summary>
    internal static IReadOnlyList<Happened> Begin(ResourceState state, World world)
    {
        if (!Storms.IsScope(world.Resource)
            || state.OfProblem(Storms.Problem) is not null
            || !RuleChoices.SeesCluster(world)
            || ToOpen(world.Resource, Lasting(world)) is not { } storm)
        {
            return [];
        }

        var id = world.NewId();
        return
        [
            new(new IncidentOpened(Storms.Problem, "", null), id, world.Now, id, Happened.Engine),
            new(new StormChanged(StormPhase.Raging, storm.Seen), id, world.Now, id, Happened.Engine),
        ];
    }

    internal static Move Next(Incident incident, StormState storm, World world)
    {
        if (RuleChoices.SeesCluster(world) && Changed(storm, world) is { } changed)
        {
            return Move.Happens(changed);
        }

        var tick = world.Now + world.Settings.Tick;
        if (incident.Escalation is not null)
        {
            var next = AfterEscalation.Next(incident, world);
            return next with { Until = next.Until < tick ? next.Until : tick };
        }

        if (storm.Phase is StormPhase.Over)
        {
            return Move.Happens(new IncidentClosed(CloseReason.Healed, AfterEscalation.Over(incident)));
        }

        return incident.ObservedUnder == ModeCeiling.Under(world, null) || storm.Phase is not StormPhase.Raging
            ? Move.WaitsUntil(tick)
            : Move.Happens(Tell(storm, world));
    }

    private static Event Tell(StormState storm, World world) => Escalations.OfEngine(
        world,
        $"A storm: {storm.Seen}{(Now(world)?.Details is { Length: > 0 } details ? $" ({details})" : "")}. "
            + "Nothing is repaired there until it is over.",
        "when so much breaks at the same time, the cause is elsewhere: single repairs do not help",
        world.Resource.Kind == ResourceKinds.FileServer
            ? "repair that server, or remove what mounts from it; a node whose mount hangs neither recovers nor reboots without it"
            : "look for what they have in common: network, power, control plane, DNS, a rollout to all of them");

    private static Storm? Now(World world) =>
        Storms.In(world.View, world.Definitions.Policy.Storm, world.Resource, world.Now).FirstOrDefault(s => s.Scope == world.Resource);

    private static StormChanged? Changed(StormState storm, World world)
    {
        var seen = Now(world);
        return (storm.Phase, seen) switch
        {
            (StormPhase.Raging, null) => new(StormPhase.CoolingDown, storm.Seen),
            (not StormPhase.Raging, { } again) => new(StormPhase.Raging, again.Seen),
            (StormPhase.CoolingDown, null) when world.Now - storm.Since >= world.Settings.Scaled(
                world.Definitions.Policy.Storm.Cooldown) => new(StormPhase.Over, storm.Seen),
            _ => null,
        };
    }

    private static IReadOnlyList<Storm> Lasting(World world) =>
        Storms.In(
            world.View, world.Definitions.Policy.Storm, world.Resource,
            world.Now - world.Settings.Scaled(world.Definitions.Policy.Storm.ToldAfter));

    /// <summary>A zone or a namespace leaves a storm of the whole cluster to the cluster.</summary>
    private static Storm? ToOpen(ResourceKey resource, IReadOnlyList<Storm> storms) =>
        storms is [{ Scope.Kind: ResourceKinds.Cluster } whole, ..]
            ? (whole.Scope == resource ? whole : null)
            : storms.FirstOrDefault(s => s.Scope == resource);
}
