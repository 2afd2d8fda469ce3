using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>Handing an incident to people: with what was seen, what was tried, and what they could do next.</summary>
internal static class Escalations
{
    private const int EvidenceChars = 2000;

    public static Escalated ByRule(Incident incident, RuleChoice choice) => new()
    {
        Severity = SeverityOf.Alerts(incident, "warning"),
        Message = choice.Message,
        Reason = $"rule {choice.Rule} escalates this",
        Tried = incident.Tried,
        Evidence = Excerpt(incident),
        Labels = RouteLabels.Of(incident),
    };

    /// <summary>What the engine itself has found wrong, without an alert; in observe mode only says that it would.</summary>
    public static Event OfEngine(World world, string message, string reason, string nextStep) =>
        ModeCeiling.OfScope(world, null) is Mode.Observe or Mode.Off
            ? new WouldEscalate(reason, message, ModeCeiling.Under(world, null))
            : new Escalated
            {
                Severity = "critical",
                Message = message,
                Reason = reason,
                Tried = [],
                NextStep = nextStep,
                Evidence = "",
            };

    /// <summary>Ends what is going on and escalates; in observe mode only says that it would.</summary>
    public static Move GiveUp(Incident incident, Playbook playbook, World world, string reason, string? nextStep = null)
    {
        var message = Message(incident, playbook, world);
        var events = new List<Event>();
        if (incident.Run is not null)
        {
            events.Add(new RunEnded(RunOutcome.Escalated, reason));
        }

        if (incident.Run?.ChangedAt is null && ModeCeiling.Effective(world, playbook) is Mode.Observe or Mode.Off)
        {
            var under = ModeCeiling.Under(world, playbook);
            if (incident.ObservedUnder == under)
            {
                return events.Count > 0 ? Move.Happens(events) : Move.WaitsUntil(world.Now + world.Settings.Tick);
            }

            events.Add(new WouldEscalate(reason, message, under));
        }
        else
        {
            events.Add(ToPeople(incident, playbook, world, reason, nextStep));
        }

        return Move.Happens(events);
    }

    /// <summary>Nobody has released a step in time. People get it, and may still release it for as long as its problem is there.</summary>
    public static Move StillReleasable(Incident incident, Playbook playbook, World world, string reason, string nextStep) =>
        ModeCeiling.Effective(world, playbook, incident) is Mode.Observe or Mode.Off
            ? GiveUp(incident, playbook, world, reason, nextStep)
            : Move.Happens(ToPeople(incident, playbook, world, reason, nextStep));

    private static Escalated ToPeople(Incident incident, Playbook playbook, World world, string reason, string? nextStep) => new()
    {
        Severity = playbook.Escalate.Severity ?? SeverityOf.Alerts(incident),
        Message = Message(incident, playbook, world),
        Reason = reason,
        Tried = incident.Tried,
        NextStep = nextStep,
        Evidence = Excerpt(incident),
        Labels = RouteLabels.Of(incident),
    };

    /// <summary>
    /// Ends a run that is pointless now. One that has changed nothing just ends; of one that did, and whose change is not known to have
    /// helped, people hear at once.
    /// </summary>
    public static Move Stop(Incident incident, Playbook playbook, World world, string reason) => incident.Run?.ChangedAt is null
        ? Move.Happens(new RunEnded(RunOutcome.Stopped, reason))
        : GiveUp(incident, playbook, world, $"something was changed, and it is not known to have helped; {reason}");

    /// <summary>The run cannot go on, and not even its playbook can say what to tell.</summary>
    public static Move GiveUpWithoutPlaybook(Incident incident, World world, string reason) => Move.Happens(
        new RunEnded(RunOutcome.Escalated, reason),
        new Escalated
        {
            Severity = SeverityOf.Alerts(incident),
            Message = $"{world.Resource.Display}: {incident.Problem}",
            Reason = reason,
            Tried = incident.Tried,
            Evidence = Excerpt(incident),
            Labels = RouteLabels.Of(incident),
        });

    internal static string Message(Incident incident, Playbook playbook, World world)
    {
        var rendered = playbook.Escalate.Message.Render(LiquidValues.Of(incident, world));
        return rendered.Length > 0 ? rendered : $"{world.Resource.Display}: {incident.Problem}";
    }

    internal static string Excerpt(Incident incident)
    {
        var text = incident.EvidenceValues.GetValueOrDefault("last_log_lines") ?? incident.EvidenceValues.GetValueOrDefault("reason") ?? "";
        return (incident.EvidenceValues.TryGetValue("missing", out var missing) ? $"Not available: {missing}\n" : "")
            + Language.Excerpt.EndOf(text, EvidenceChars);
    }
}
