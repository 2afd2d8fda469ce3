using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// The one incident of a scope in which repairs were stopped because they did not help: opened on its namespace, its zone or the cluster,
/// told once, and closed when a person has allowed more or its time is over.
/// </summary>
public static class SlowStartWatch
{
    private const int MostListed = 50;

    private static readonly string[] Subjects = ["workload", "node", "persistentvolumeclaim", "pod", "instance"];

    /// <summary>Where people are not told yet; whoever is held there wakes them.</summary>
    public static IReadOnlyList<ResourceKey> Unheard(ResourceState state, World world) =>
    [
        .. state.Incidents.Where(i => SlowStart.Guard.HoldOf(i) is not null)
            .Select(i => SlowStart.FirstStopped(world, i)?.Scope)
            .OfType<SlowStartScope>()
            .Where(s => world.OpenIncident(s.Home, s.Problem) is null)
            .Select(s => s.Home)
            .Distinct(),
    ];

    internal static bool IsOf(Incident incident) => incident.Problem.StartsWith(SlowStartScope.ProblemPrefix, StringComparison.Ordinal);

    internal static bool IsStopped(Incident incident, World world) => Stopped(incident, world) is not null;

    /// <summary>What a namespace, a zone or the cluster does about scopes that it has no incident for.</summary>
    internal static IReadOnlyList<Happened> Begin(ResourceState state, World world) => !Storms.IsScope(world.Resource)
        ? []
        :
        [
            .. from stopped in AllStopped(world)
               where state.OfProblem(stopped.Scope.Problem) is null
               let id = world.NewId()
               from e in new[] { new IncidentOpened(stopped.Scope.Problem, "", null), Tell(stopped, world) }
               select new Happened(e, id, world.Now, id, Happened.Engine),
        ];

    internal static Move Next(Incident incident, World world)
    {
        if (incident.Escalation is not null)
        {
            return AfterEscalation.Next(incident, world);
        }

        return Stopped(incident, world) is not { } stopped
            ? Move.Happens(new IncidentClosed(CloseReason.Healed, AfterEscalation.Over(incident)))
            : incident.ObservedUnder == ModeCeiling.Under(world, null)
            ? Move.WaitsUntil(world.Now + world.Settings.Tick)
            : Move.Happens(Tell(stopped, world));
    }

    private static StoppedScope? Stopped(Incident incident, World world) =>
        AllStopped(world).FirstOrDefault(s => s.Scope.Problem == incident.Problem);

    private static IEnumerable<StoppedScope> AllStopped(World world) =>
        world.SlowStart.Scopes.Keys.Where(s => s.Home == world.Resource)
            .Select(s => SlowStart.Stopped(world, s))
            .OfType<StoppedScope>()
            .OrderBy(s => s.Scope.Problem, StringComparer.Ordinal);

    private static Event Tell(StoppedScope stopped, World world)
    {
        var told = Escalations.OfEngine(
            world,
            $"Repairs of {stopped.Scope.Words} are stopped: the last {stopped.Failed.Count} in a row did not help.",
            $"a repair that fails again and again is the wrong one, or the cause is elsewhere; nothing more is tried there before "
                + $"{stopped.Until:u}",
            "look for what they have in common; 'remediator allow-repair' with the id of this incident lets repairs go on");
        return told is not Escalated escalated ? told : escalated with
        {
            Tried = [.. stopped.Failed.Select(f => $"{f.Resource.Display}, incident {f.Incident}, {f.At:u}: did not help")],
            Evidence = Waiting(stopped.Scope, world),
        };
    }

    /// <summary>Resources of the scope that alerts fire for. Which alerts a rule asks for is not known here.</summary>
    private static string Waiting(SlowStartScope scope, World world)
    {
        var nodes = world.View.Named("node").Where(n => n["zone"] == scope.Key.Name || n["node_group"] == scope.Key.Name)
            .Select(n => n["node"])
            .ToHashSet();
        var firing = world.View.All.Where(f => !FactSchema.IsKind(f.Name) && IsIn(f))
            .Select(f => $"{f.Name} of {Subject(f)}")
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return firing.Count == 0 ? "" : $"{Plural.Of(firing.Count, "alert fires", "alerts fire")} there: "
            + string.Join(", ", firing.Take(MostListed)) + (firing.Count > MostListed ? $" and {firing.Count - MostListed} more" : "");

        bool IsIn(Fact alert) => !scope.IsRule
            && (scope.Home.Kind == ResourceKinds.Namespace ? alert["namespace"] == scope.Key.Name : nodes.Contains(alert["node"]));
    }

    private static string Subject(Fact alert) =>
        Subjects.Select(l => alert[l]).FirstOrDefault(v => v.Length > 0) ?? "?";
}
