using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>People have it: they are told again until it is over, and it is over when alerts and the system of record say so.</summary>
internal static class AfterEscalation
{
    /// <summary>How often people's systems are reminded; they forget an alert after five minutes.</summary>
    internal static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    internal const int ExpiresAfter = 5;

    /// <summary>
    /// How soon it may be said again that a way fails, where it fails with other words or worked meanwhile: an error often carries an id of
    /// its own, and a way may fail now and then, for as long as the incident is open.
    /// </summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromHours(1);

    /// <summary>What is over does not keep its resource from being repaired for ever because no way of telling works.</summary>
    private static readonly TimeSpan PatienceWithWays = TimeSpan.FromHours(1);

    public static Move Next(Incident incident, World world)
    {
        var escalation = incident.Escalation!;
        var repeat = world.Now + world.Settings.Scaled(Repeat);
        var over = IsOver(incident, world);
        if (over && escalation.ToldVia.IsEmpty && CannotBeTold(escalation, world))
        {
            return Move.Happens(new IncidentClosed(CloseReason.Healed, $"{Over(incident)}; nobody could be told of it"));
        }

        if (!incident.IsFiring && world.Definitions.Playbooks.TryGetValue(incident.Problem, out var playbook)
            && FreshLook.Doubt(world, incident, playbook) is not null && Looking.Next(incident, playbook, world) is { } look)
        {
            return look;
        }

        // what was handed to people reaches them, even where it is over before they hear of it
        return Move.WaitsFor(Tell(incident, escalation, world, closing: over && !escalation.ToldVia.IsEmpty), repeat);
    }

    /// <summary>People have it, and it goes on all the same: a step of it can still be released.</summary>
    public static Move Tell(Incident incident, World world) => Move.WaitsFor(
        Tell(incident, incident.Escalation!, world, closing: false), world.Now + world.Settings.Scaled(Repeat));

    /// <summary>It may be said now that a way fails, since that was not said lately.</summary>
    public static bool MaySay(EscalationState escalation, string via, World world) =>
        escalation.SaidFailing?.TryGetValue(via, out var at) is not true || world.Now - at >= world.Settings.Scaled(SayAgain);

    private static bool CannotBeTold(EscalationState escalation, World world) =>
        escalation.Failing.ContainsKey(Told.NoWayConfigured) || world.Now - escalation.At > world.Settings.Scaled(PatienceWithWays);

    public static string Over(Incident incident) => incident switch
    {
        { Storm: { } storm } => $"since {storm.Since:u} there was no storm any more, for the whole cool-down",
        { Problem: UnseenCluster.Problem } => "the cluster is seen again",
        _ when SlowStartWatch.IsOf(incident) => "a person has allowed repairs there, or the last failure is long ago",
        _ when SharedCauseWatch.IsOf(incident) => "what several workloads waited for is over, or fewer wait for it",
        { IsFiring: true } => "its problem no longer shows, and its alerts are about another one now",
        _ => "its alerts are resolved and its problem no longer shows",
    };

    public static bool IsOver(Incident incident, World world)
    {
        if (incident.Storm is { } storm)
        {
            return storm.Phase is StormPhase.Over;
        }

        if (SharedCauseWatch.IsOf(incident))
        {
            return SharedCauseWatch.IsOver(incident, world);
        }

        if (SlowStartWatch.IsOf(incident))
        {
            return !SlowStartWatch.IsStopped(incident, world);
        }

        if (incident.Temporary is { IsGivenUp: false } || !RuleChoices.CanDecide(incident, world))
        {
            return false;
        }

        var playbook = world.Definitions.Playbooks.GetValueOrDefault(incident.Problem);
        var isGone = playbook is null
            || (FreshLook.Doubt(world, incident, playbook) is null && !RuleChoices.ProblemHolds(playbook, incident, world));
        return isGone && (!incident.IsFiring || IsAnotherNow(incident, playbook, world));
    }

    /// <summary>
    /// Its alerts fire for something else, as those of a failed job do once a later run has succeeded. Only where people were told what was
    /// found and nothing was tried: what was changed in vain stays theirs.
    /// </summary>
    private static bool IsAnotherNow(Incident incident, Playbook? playbook, World world) =>
        playbook is { Ladder.Count: 0 }
            && incident.Done.IsEmpty
            && RuleChoices.Decide(incident, world) is { Kind: DecisionKind.Run, Playbook: { } other }
            && other != incident.Problem;

    /// <summary>That it is over is what the job told people.</summary>
    public static bool IsClosing(Incident incident, string jobId) => jobId.StartsWith(TellId(incident, true), StringComparison.Ordinal);

    private static string TellId(Incident incident, bool closing) => $"{incident.Id}/tell/{(closing ? "over" : "open")}/";

    private static TellPeople Tell(Incident incident, EscalationState escalation, World world, bool closing)
    {
        var repeat = world.Settings.Scaled(Repeat);
        var turn = world.Now.UtcTicks / Math.Max(repeat.Ticks, 1);
        return new(Notification(incident, escalation, world, closing ? world.Now : world.Now + (repeat * ExpiresAfter)), closing)
        {
            Id = $"{TellId(incident, closing)}{turn}",
            IncidentId = incident.Id,
            Resource = world.Resource,
            TraceId = incident.TraceId,
        };
    }

    private static Notification Notification(Incident incident, EscalationState escalation, World world, DateTimeOffset endsAt)
    {
        var told = escalation.Escalated;
        return new()
        {
            IncidentId = incident.Id,
            Resource = world.Resource.Display,
            Labels = incident.Choice is { Group.Count: > 0 } choice ? choice.Group : Labels(told.Labels, world),
            Problem = incident.Problem,
            Severity = told.Severity,
            Message = told.Message,
            Reason = told.Reason,
            Tried = told.Tried.ForPeople(incident.Id),
            NextStep = told.NextStep,
            Evidence = told.Evidence,
            StartsAt = escalation.At,
            EndsAt = endsAt,
            TraceId = incident.TraceId,
        };
    }

    /// <summary>Those that people route by, and what it is about; ours win.</summary>
    internal static Dictionary<string, string> Labels(IReadOnlyDictionary<string, string>? ofAlerts, World world) =>
        new(ofAlerts ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            ["cluster"] = world.Resource.Cluster,
            ["namespace"] = world.Resource.Namespace,
            ["resource"] = world.Resource.Display,
        };
}
