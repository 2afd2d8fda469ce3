using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// A step that waits for a person is told from the moment on that it waits, until it does no more. Once it is handed over as one that
/// nobody has released, the escalation says so.
/// </summary>
internal static class WaitingSteps
{
    public static string Command(Incident incident) => $"remediator approve {incident.Id}";

    /// <summary>Null where nobody is to be told.</summary>
    public static Move? Tell(Incident incident, World world)
    {
        if (incident.Waits is not { } waits)
        {
            return null;
        }

        var isOver = IsOver(incident, world);
        var repeat = world.Settings.Scaled(AfterEscalation.Repeat);
        var turn = world.Now.UtcTicks / Math.Max(repeat.Ticks, 1);
        return isOver && waits.ToldVia.IsEmpty ? null : Move.WaitsFor(
            new TellPeople(
                Notification(incident, waits, world, isOver ? world.Now : world.Now + (repeat * AfterEscalation.ExpiresAfter)), isOver)
            {
                Id = $"{Id(incident, isOver)}{turn}",
                IncidentId = incident.Id,
                Resource = world.Resource,
                TraceId = incident.TraceId,
            },
            world.Now + repeat);
    }

    /// <summary>One that was asked for again after its escalation waits like any other.</summary>
    private static bool IsOver(Incident incident, World world) => incident.Run is not { Phase: RunPhase.AwaitingApproval } run
        || (incident.Escalation is not null && world.Now >= run.ApprovalUntil);

    public static bool IsOf(Incident incident, string jobId) =>
        jobId.StartsWith(Id(incident, true), StringComparison.Ordinal) || jobId.StartsWith(Id(incident, false), StringComparison.Ordinal);

    /// <summary>Each way is written once, and once more where it fails.</summary>
    public static IEnumerable<Event> Told(Incident incident, World world, IReadOnlyList<Told> told, string jobId)
    {
        var closing = jobId.StartsWith(Id(incident, true), StringComparison.Ordinal);
        // where another step waits by now, the next turn tells people so
        if (incident.Waits is not { } waits || (closing && !IsOver(incident, world)))
        {
            yield break;
        }

        foreach (var way in told)
        {
            if (way.Failure is { } failure)
            {
                if (!waits.Failing.ContainsKey(way.Via))
                {
                    yield return new NotifyFailed(way.Via, failure, Waits: true);
                }
            }
            else if (!closing && (!waits.ToldVia.Contains(way.Via) || waits.Failing.ContainsKey(way.Via)))
            {
                yield return new Notified(way.Via, false, Waits: true);
            }
        }

        // a way that fails is not waited for: what it was told ends by itself
        if (closing && told.FirstOrDefault(w => w.Failure is null) is { } heard)
        {
            yield return new Notified(heard.Via, true, Waits: true);
        }
    }

    private static string Id(Incident incident, bool closing) => $"{incident.Id}/waits/{(closing ? "over" : "open")}/";

    private static Notification Notification(Incident incident, WaitState waits, World world, DateTimeOffset endsAt)
    {
        var run = incident.Run;
        var playbook = run is null ? null : JobReports.Playbook(run, world);
        var step = playbook?.Ladder.ElementAtOrDefault(run!.Step)?.Name;
        var plan = run?.Plan;
        return new()
        {
            IncidentId = incident.Id,
            Resource = world.Resource.Display,
            Labels = AfterEscalation.Labels(waits.Labels, world),
            Problem = incident.Problem,
            Severity = waits.Severity,
            Message = plan is null
                ? $"{world.Resource.Display}: no step waits for approval any more"
                : $"{world.Resource.Display}: a person has to release '{step}': {plan.Summary}"
                    + (playbook is not null && ModeCeiling.LoweredByRecord(world, playbook) is { } lowered ? $"; {lowered}" : ""),
            Reason = "",
            Tried = incident.Tried.ForPeople(incident.Id),
            Evidence = Escalations.Excerpt(incident),
            StartsAt = waits.At,
            EndsAt = endsAt,
            TraceId = incident.TraceId,
            Waits = new(step ?? "", plan ?? new() { Summary = "" }, run?.ApprovalUntil ?? world.Now, Command(incident)),
        };
    }
}
