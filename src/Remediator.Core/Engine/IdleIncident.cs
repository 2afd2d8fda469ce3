using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// An incident that nothing is done about yet: what do the rules say? The checks are asked in this order, and the first that answers
/// decides; only where none answers, a run may begin.
/// </summary>
internal static class IdleIncident
{
    /// <summary>Where no rule asks for the alert, only another alert or new definitions can change that.</summary>
    internal static readonly TimeSpan QuietTick = TimeSpan.FromMinutes(5);

    private static readonly IReadOnlyList<Func<Idle, Move?>> Checks =
    [
        ItsViewIsTooOld,
        NoneOfItsAlertsFires,
        TheRulesSaySomethingElse,
        ItTurnsOutToBeAnotherProblem,
        NoRuleIsForIt,
        ARuleSuppressesIt,
        ItsRuleHasNotHeldLongEnough,
        ItsRuleIsToTellPeople,
    ];

    public static Move Next(ResourceState state, Incident incident, World world)
    {
        var idle = new Idle(state, incident, world);
        return Move.FirstOf(Checks, idle) ?? RunBeginning.Next(idle);
    }

    private static Move? ItsViewIsTooOld(Idle idle)
    {
        if (RuleChoices.Doubt(idle.Incident, idle.World) is not { } blind)
        {
            return null;
        }

        var whose = blind.Provider == FactSchema.Kubernetes ? "" : $" of '{blind.Provider}'";
        return Holding.By(
            Stale.Guard,
            HeldReason.Of($"nothing is decided on a view{whose} this old", blind.Problem),
            idle.Tick,
            idle.Incident,
            idle.World);
    }

    /// <summary>All alerts are resolved. That proves nothing: the incident ends when the system of record agrees.</summary>
    private static Move? NoneOfItsAlertsFires(Idle idle)
    {
        var (incident, world) = (idle.Incident, idle.World);
        if (incident.IsFiring)
        {
            return null;
        }

        if (incident.Choice is not { Kind: DecisionKind.Run, Playbook: { } name }
            || !world.Definitions.Playbooks.TryGetValue(name, out var playbook))
        {
            return Move.Happens(new IncidentClosed(
                CloseReason.Healed,
                incident.Problem == UnseenCluster.Problem ? AfterEscalation.Over(incident) : "its alerts are resolved"));
        }

        if (FreshLook.Doubt(world, incident, playbook) is { } doubt)
        {
            return Looking.Next(incident, playbook, world) ?? Holding.By(FreshLook.Guard, doubt, idle.Tick, incident, world);
        }

        return RuleChoices.ProblemHolds(playbook, incident, world)
            ? Holding.By(
                Stale.Guard,
                "its alerts are resolved, but its problem still shows: no repair begins without an alert",
                idle.Tick,
                incident,
                world)
            : Move.Happens(new IncidentClosed(CloseReason.Healed, "its alerts are resolved and its problem no longer shows"));
    }

    private static Move? TheRulesSaySomethingElse(Idle idle) =>
        idle.Incident.Choice is { } choice && choice.SameAs(idle.Decision) ? null : Move.Happens(new Decided(idle.Decision));

    private static Move? ItTurnsOutToBeAnotherProblem(Idle idle)
    {
        if (idle.Choice.Kind is not DecisionKind.Run || idle.Choice.Playbook == idle.Incident.Problem)
        {
            return null;
        }

        return idle.State.OfProblem(idle.Choice.Playbook!) is { } other
            ? Move.Happens(new IncidentClosed(CloseReason.Merged, other.Id))
            : Move.Happens(new ProblemChanged(idle.Incident.Problem, idle.Choice.Playbook!));
    }

    /// <summary>
    /// Where a rule asks for the alert and the facts do not fit yet, they may at any moment: a view follows the cluster with a delay.
    /// </summary>
    private static Move? NoRuleIsForIt(Idle idle) => idle.Choice.Kind is not DecisionKind.None ? null
        : Evidence(idle)
            ?? Move.WaitsUntil(
                idle.Decision.SomeRuleAsksForTheAlert() ? idle.Tick : idle.World.Now + idle.World.Settings.Scaled(QuietTick));

    private static Move? ARuleSuppressesIt(Idle idle) =>
        idle.Choice.Kind is DecisionKind.Suppress ? Move.WaitsUntil(idle.Tick) : null;

    private static Move? ItsRuleHasNotHeldLongEnough(Idle idle)
    {
        var wins = SickSince.Of(idle.World, idle.Choice.Since) + idle.World.Settings.Scaled(idle.Choice.For);
        return idle.World.Now < wins ? Move.WaitsUntil(wins < idle.Tick ? wins : idle.Tick) : null;
    }

    private static Move? ItsRuleIsToTellPeople(Idle idle) => idle.Choice.Kind is not DecisionKind.Escalate ? null
        : Symptoms.Wait(idle.Incident, idle.World) ?? Evidence(idle) ?? TellPeople(idle);

    private static Move TellPeople(Idle idle)
    {
        if (ModeCeiling.OfScope(idle.World, null) is not Mode.Observe and not Mode.Off)
        {
            return Move.Happens(Escalations.ByRule(idle.Incident, idle.Choice));
        }

        var under = ModeCeiling.Under(idle.World, null);
        return idle.Incident.ObservedUnder == under
            ? Move.WaitsUntil(idle.Tick)
            : Move.Happens(new WouldEscalate($"rule {idle.Choice.Rule}", idle.Choice.Message, under));
    }

    /// <summary>For people to see first what anybody would; null once it is kept, and where nothing can be read.</summary>
    private static Move? Evidence(Idle idle) =>
        !idle.Incident.EvidenceKept && JobOrders.DefaultEvidence(idle.Incident, idle.World) is { } job
            ? Move.WaitsFor(job, idle.World.Now + JobOrders.LookAgain(idle.World))
            : null;
}
