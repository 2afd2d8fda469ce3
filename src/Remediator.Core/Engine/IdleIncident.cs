using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>An incident that nothing is done about yet: what do the rules say, and may a run begin?</summary>
internal static class IdleIncident
{
    /// <summary>Where no rule asks for the alert, only another alert or new definitions can change that.</summary>
    private static readonly TimeSpan QuietTick = TimeSpan.FromMinutes(5);

    public static Move Next(ResourceState state, Incident incident, World world)
    {
        var tick = world.Now + world.Settings.Tick;
        if (RuleChoices.Doubt(incident, world) is { } blind)
        {
            var whose = blind.Provider == FactSchema.Kubernetes ? "" : $" of '{blind.Provider}'";
            return Hold(
                incident,
                "stale",
                $"nothing is decided on a view{whose} this old{(blind.Problem.Length > 0 ? $": {blind.Problem}" : "")}",
                tick,
                world);
        }

        if (!incident.IsFiring)
        {
            return Quiet(incident, world, tick);
        }

        var decision = RuleChoices.Decide(incident, world);
        if (incident.Choice is not { } choice || !choice.SameAs(decision))
        {
            return Move.Happens(new Decided(decision));
        }

        if (choice.Kind is DecisionKind.Run && choice.Playbook != incident.Problem)
        {
            return state.OfProblem(choice.Playbook!) is { } other
                ? Move.Happens(new IncidentClosed(CloseReason.Merged, other.Id))
                : Move.Happens(new ProblemChanged(incident.Problem, choice.Playbook!));
        }

        var wins = choice.Since + world.Settings.Scaled(choice.For);
        return choice.Kind switch
        {
            DecisionKind.None => Unhandled(incident, decision, world),
            DecisionKind.Suppress => Move.WaitsUntil(tick),
            _ when world.Now < wins => Move.WaitsUntil(wins < tick ? wins : tick),
            DecisionKind.Escalate => Symptoms.Wait(incident, world) ?? ByRule(incident, choice, world, tick),
            _ => Begin(state, incident, choice, world, tick),
        };
    }

    /// <summary>All alerts are resolved. That proves nothing: the incident ends when the system of record agrees.</summary>
    private static Move Quiet(Incident incident, World world, DateTimeOffset tick)
    {
        if (incident.Choice is { Kind: DecisionKind.Run, Playbook: { } name }
            && world.Definitions.Playbooks.TryGetValue(name, out var playbook))
        {
            if (FreshLook.Doubt(world, incident, playbook) is { } doubt)
            {
                return Looking.Next(incident, playbook, world) ?? Hold(incident, FreshLook.Name, doubt, tick, world);
            }

            return RuleChoices.ProblemHolds(playbook, incident, world)
                ? Hold(
                    incident,
                    "stale",
                    "its alerts are resolved, but its problem still shows: no repair begins without an alert",
                    tick,
                    world)
                : Move.Happens(new IncidentClosed(CloseReason.Healed, "its alerts are resolved and its problem no longer shows"));
        }

        return Move.Happens(new IncidentClosed(
            CloseReason.Healed, incident.Problem == UnseenCluster.Problem ? AfterEscalation.Over(incident) : "its alerts are resolved"));
    }

    /// <summary>
    /// Where a rule asks for the alert and the facts do not fit yet, they may at any moment: a view follows the cluster with a delay.
    /// </summary>
    private static Move Unhandled(Incident incident, Decision decision, World world) =>
        !incident.EvidenceKept && JobOrders.DefaultEvidence(incident, world) is { } job
            ? Move.WaitsFor(job, world.Now + JobOrders.LookAgain(world))
            : Move.WaitsUntil(world.Now + (decision.SomeRuleAsksForTheAlert() ? world.Settings.Tick : world.Settings.Scaled(QuietTick)));

    private static Move ByRule(Incident incident, RuleChoice choice, World world, DateTimeOffset tick)
    {
        if (!incident.EvidenceKept && JobOrders.DefaultEvidence(incident, world) is { } job)
        {
            return Move.WaitsFor(job, world.Now + JobOrders.LookAgain(world));
        }

        if (ModeCeiling.OfScope(world, null) is not Mode.Observe and not Mode.Off)
        {
            return Move.Happens(Escalations.ByRule(incident, choice));
        }

        var under = ModeCeiling.Under(world, null);
        return incident.ObservedUnder == under
            ? Move.WaitsUntil(tick)
            : Move.Happens(new WouldEscalate($"rule {choice.Rule}", choice.Message, under));
    }

    private static Move Begin(ResourceState state, Incident incident, RuleChoice choice, World world, DateTimeOffset tick)
    {
        if (!world.Definitions.Playbooks.TryGetValue(choice.Playbook!, out var playbook))
        {
            return Hold(incident, "definitions", $"there is no playbook '{choice.Playbook}' in the definitions in force", tick, world);
        }

        if (!playbook.ResourceKinds.Contains(world.Resource.Kind))
        {
            return Hold(
                incident,
                "definitions",
                $"playbook '{playbook.Name}' repairs {string.Join(", ", playbook.ResourceKinds)}, and this is a {world.Resource.Kind}",
                tick,
                world);
        }

        if (incident.ObservedUnder == ModeCeiling.Under(world, playbook))
        {
            return Move.WaitsUntil(world.Now + world.Settings.Scaled(QuietTick));
        }

        if (state.Incidents.Find(
            i => i != incident && (i.Run is not null || i.Escalation is not null || i.Temporary is not null)) is { } busy)
        {
            var how = busy switch
            {
                { Run: not null } => "is being repaired",
                { Escalation: not null } => "is with people",
                _ => "has yet to be undone",
            };
            return Hold(incident, "busy", $"incident {busy.Id} ({busy.Problem}) {how} on this resource", tick, world);
        }

        var step = new GuardedStep(world, state, incident, playbook, null, null);
        if (Guards.FirstRefusal(step) is var (guard, verdict))
        {
            if (guard.Name == FreshLook.Name && Looking.BeforeARun(incident, playbook, world) is { } look)
            {
                return look;
            }

            if (verdict.Final && Symptoms.Wait(incident, world) is { } wait)
            {
                return wait;
            }

            return verdict.Final
                ? StoppedRepairs.Stop(step) ?? Escalations.GiveUp(incident, playbook, world, $"{guard.Name}: {verdict.Refusal}")
                : Hold(incident, (guard, verdict), world);
        }

        if (RuleChoices.FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world)) is { } missing)
        {
            var seen = playbook.Looks.Count > 0 ? "what was looked at" : "the cluster";
            return Hold(incident, "stale", $"{seen} does not show what the alert says: {missing}", tick, world);
        }

        return Move.Happens(new RunStarted
        {
            RunId = world.NewId(),
            Playbook = playbook.Name,
            PlaybookRevision = playbook.Revision,
            Source = playbook.Source,
            With = choice.With,
            Mode = ModeCeiling.Effective(world, playbook),
            DefinitionsRevision = world.Definitions.Revision,
            Commit = world.Definitions.Commit,
            DurationScale = world.Settings.DurationScale,
        });
    }

    internal static Move Hold(Incident incident, (Guard Guard, Verdict Verdict) refusal, World world) =>
        Hold(
            incident, refusal.Guard.Name, refusal.Verdict.Refusal!, world.Now + (refusal.Verdict.RetryAfter ?? world.Settings.Tick), world);

    internal static Move Hold(Incident incident, string guard, string reason, DateTimeOffset retryAt, World world)
    {
        var known = incident.Hold is { } hold && hold.Guard == guard && HeldReason.IsSame(hold.Reason, reason);
        var next = retryAt - world.Now > world.Settings.Tick ? world.Now + world.Settings.Tick : retryAt;
        return known ? Move.WaitsUntil(next) : Move.Happens(new Held(guard, reason, retryAt));
    }
}
