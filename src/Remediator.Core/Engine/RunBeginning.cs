using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// A rule asks for a playbook: may its run begin? The checks are asked in this order, and the first that answers decides; only where none
/// answers, it begins.
/// </summary>
internal static class RunBeginning
{
    private static readonly IReadOnlyList<Func<PlaybookAtHand, Move?>> Checks =
    [
        ItsPlaybookIsForOtherKinds,
        ItWasObservedAlready,
        AnotherIncidentHasItsResource,
        AGuardRefusesIt,
        ItsProblemDoesNotShow,
    ];

    public static Move Next(Idle idle) => idle.World.Definitions.Playbooks.TryGetValue(idle.Choice.Playbook!, out var playbook)
        ? Next(new PlaybookAtHand(idle, playbook))
        : Holding.By(
            Holding.Definitions,
            $"there is no playbook '{idle.Choice.Playbook}' in the definitions in force",
            idle.Tick,
            idle.Incident,
            idle.World);

    private static Move Next(PlaybookAtHand run) => Move.FirstOf(Checks, run) ?? Begin(run);

    private static Move? ItsPlaybookIsForOtherKinds(PlaybookAtHand run) =>
        ResourceKinds.AreOf(run.Playbook.ResourceKinds, run.World.Resource)
            ? null
            : Holding.By(
                Holding.Definitions,
                $"playbook '{run.Playbook.Name}' repairs {string.Join(", ", run.Playbook.ResourceKinds)}, "
                    + $"and this is a {run.World.Resource.Kind}",
                run.Idle.Tick,
                run.Incident,
                run.World);

    private static Move? ItWasObservedAlready(PlaybookAtHand run) =>
        run.Incident.ObservedUnder == ModeCeiling.Under(run.World, run.Playbook)
            ? Move.WaitsUntil(run.World.Now + run.World.Settings.Scaled(IdleIncident.QuietTick))
            : null;

    private static Move? AnotherIncidentHasItsResource(PlaybookAtHand run)
    {
        if (run.Idle.State.Incidents.Find(
            i => i != run.Incident && (i.Run is not null || i.Escalation is not null || i.Temporary is not null)) is not { } other)
        {
            return null;
        }

        var how = other switch
        {
            { Run: not null } => "is being repaired",
            { Escalation: not null } => "is with people",
            _ => "has yet to be undone",
        };
        return Holding.By(
            Holding.Busy, $"incident {other.Id} ({other.Problem}) {how} on this resource", run.Idle.Tick, run.Incident, run.World);
    }

    private static Move? AGuardRefusesIt(PlaybookAtHand run)
    {
        var step = new GuardedStep(run.World, run.Idle.State, run.Incident, run.Playbook, null, null);
        if (Guards.FirstRefusal(step) is not { } refusal)
        {
            return null;
        }

        if (refusal.Guard.Stage is GuardStage.Look && Looking.BeforeARun(run.Incident, run.Playbook, run.World) is { } look)
        {
            return look;
        }

        return refusal.Verdict.Final
            ? Symptoms.Wait(run.Incident, run.World)
                ?? StoppedRepairs.Stop(step)
                ?? Evidence(run)
                ?? Escalations.GiveUp(run.Incident, run.Playbook, run.World, refusal.Message)
            : Holding.By(refusal, run.Incident, run.World);
    }

    /// <summary>People who get it without a run want to see what the playbook would have kept; null once it is kept.</summary>
    private static Move? Evidence(PlaybookAtHand run) => run.Playbook.Evidence.Count > 0 && !run.Incident.HasEvidenceOf(run.Playbook.Name)
        ? Move.WaitsFor(
            JobOrders.Evidence(run.Incident, run.Playbook, run.World), run.World.Now + JobOrders.LookAgain(run.World))
        : null;

    private static Move? ItsProblemDoesNotShow(PlaybookAtHand run)
    {
        if (RuleChoices.FirstMissing(run.Playbook.Problem, LiquidValues.Facts(run.Incident, run.World)) is not { } missing)
        {
            return null;
        }

        var seen = run.Playbook.Looks.Count > 0 ? "what was looked at" : "the cluster";
        return Holding.By(
            Stale.Guard, $"{seen} does not show what the alert says: {missing}", run.Idle.Tick, run.Incident, run.World);
    }

    private static Move Begin(PlaybookAtHand run) => Move.Happens(new RunStarted
    {
        RunId = run.World.NewId(),
        Playbook = run.Playbook.Name,
        PlaybookRevision = run.Playbook.Revision,
        Source = run.Playbook.Source,
        With = run.Idle.Choice.With,
        Mode = ModeCeiling.Effective(run.World, run.Playbook),
        DefinitionsRevision = run.World.Definitions.Revision,
        Commit = run.World.Definitions.Commit,
        DurationScale = run.World.Settings.DurationScale,
    });

    private sealed record PlaybookAtHand(Idle Idle, Playbook Playbook)
    {
        public Incident Incident => Idle.Incident;
        public World World => Idle.World;
    }
}
