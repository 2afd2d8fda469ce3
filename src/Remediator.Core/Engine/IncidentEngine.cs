using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Worlds;


namespace Remediator.Core.Engine;

/// <summary>
/// The decision of one resource, pure: state and world in, events and wanted jobs out. What comes in from outside (alerts, results of jobs,
/// commands) is turned into events elsewhere; this asks every open incident what follows, until nothing more does.
/// </summary>
public static class IncidentEngine
{
    /// <summary>Of one incident in one turn; how many incidents there are, and alerts of each, has its own bounds.</summary>
    private const int MaxMoves = 500;

    /// <summary>
    /// So long an alert is believed that its source repeats: Alertmanager does every few hours; kube-prometheus ships 12.
    /// </summary>
    public static readonly TimeSpan AssumedOverAfter = TimeSpan.FromHours(24);

    public static Settled Settle(ResourceState state, World world)
    {
        var happened = new List<Happened>(
            [.. StormWatch.Begin(state, world), .. SlowStartWatch.Begin(state, world), .. SharedCauseWatch.Begin(state, world)]);
        state = state.Apply(happened);
        var moves = new Dictionary<string, int>(StringComparer.Ordinal);
        while (true)
        {
            var jobs = new List<Job>();
            DateTimeOffset? due = null;
            if (FirstMove(state, world, jobs, ref due) is not var (incident, trace, events))
            {
                return new(state, happened, jobs, due);
            }

            foreach (var next in events.Select(e => new Happened(e, incident, world.Now, trace, Happened.Engine)))
            {
                happened.Add(next);
                state = state.Apply(next);
            }

            moves[incident] = moves.GetValueOrDefault(incident) + 1;
            if (moves[incident] > MaxMoves)
            {
                throw new InvalidOperationException(
                    $"{world.Resource} does not come to rest; the last events were "
                        + $"{string.Join(", ", happened.TakeLast(6).Select(h => EventCodec.NameOf(h.Event)))}.");
            }
        }
    }

    /// <summary>The first incident to which something happens now; when there is none, the jobs and the time that are waited for.</summary>
    private static (string Incident, string Trace, IReadOnlyList<Event> Events)? FirstMove(
        ResourceState state, World world, List<Job> jobs, ref DateTimeOffset? due)
    {
        foreach (var pages in state.Pages)
        {
            var page = PageHandoff.Next(pages, state, world);
            if (page.Events.Count > 0)
            {
                return (pages.IncidentId, pages.TraceId, page.Events);
            }

            Expect(page, jobs, ref due);
        }

        foreach (var incident in state.Incidents)
        {
            if (Recovery.Next(state, incident, world) is { } taking)
            {
                var recovery = Holding.OrOver(taking, incident, world);
                if (recovery.Events.Count > 0)
                {
                    return (incident.Id, incident.TraceId, recovery.Events);
                }

                Expect(recovery, jobs, ref due);
                if (incident.Escalation is null)
                {
                    continue;
                }
            }

            var move = Holding.OrOver(NextMove(state, incident, world), incident, world);
            if (move.Events.Count > 0)
            {
                return (incident.Id, incident.TraceId, move.Events);
            }

            Expect(move, jobs, ref due);
            if (incident is { Escalation: not null, Run: not null })
            {
                // a step that was released after all: until it is over, the page stays
                Expect(AfterEscalation.Tell(incident, world), jobs, ref due);
            }

            if (WaitingSteps.Tell(incident, world) is { } tell)
            {
                Expect(tell, jobs, ref due);
            }
        }

        return null;
    }

    private static void Expect(Move move, List<Job> jobs, ref DateTimeOffset? due)
    {
        if (move.Job is { } job)
        {
            jobs.Add(job);
        }

        due = due is null || move.Until < due ? move.Until ?? due : due;
    }

    /// <summary>
    /// A source that repeats its alerts, and cannot be asked what fires, will never say that one is over that it has fallen silent about.
    /// </summary>
    private static List<Event> Expired(Incident incident, World world) =>
    [
        .. from alert in incident.Alerts
           where alert.Value.Firing && world.IsForgotten(alert.Key)
           select new AlertCleared(
               alert.Key, alert.Value.Name, alert.Value.StartsAt, world.Now,
               $"nobody has repeated it for {AssumedOverAfter.TotalHours:0} h"),
        .. from id in incident.Unlisted
           where world.IsForgotten(id)
           select new AlertCleared(
               id, incident.Problem, incident.OpenedAt, world.Now, $"nobody has repeated it for {AssumedOverAfter.TotalHours:0} h")
    ];

    private static Move NextMove(ResourceState state, Incident incident, World world) => incident switch
    {
        _ when Expired(incident, world) is { Count: > 0 } forgotten => Move.Happens(forgotten),
        { Storm: { } storm } => StormWatch.Next(incident, storm, world),
        _ when SlowStartWatch.IsOf(incident) => SlowStartWatch.Next(incident, world),
        _ when SharedCauseWatch.IsOf(incident) => SharedCauseWatch.Next(incident, world),
        { Escalation: not null, Run: null } => AfterEscalation.Next(incident, world),
        { Run: not null } => RunEngine.Next(state, incident, world),
        _ => IdleIncident.Next(state, incident, world),
    };
}

/// <param name="Due">When the resource must be looked at again; null when it has no open incident and no page is held.</param>
public sealed record Settled(ResourceState State, IReadOnlyList<Happened> Events, IReadOnlyList<Job> Jobs, DateTimeOffset? Due);
