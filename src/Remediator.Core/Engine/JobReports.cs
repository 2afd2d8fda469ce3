using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>Turns what jobs bring back into events. A result that nobody waits for any more is dropped.</summary>
public static class JobReports
{
    public static IReadOnlyList<Happened> Report(ResourceState state, World world, JobResult result)
    {
        if (result.Outcome is PagesHeld or PagesReleased)
        {
            return PageHandoff.Report(state, world, result);
        }

        return state.Find(result.IncidentId) is { } incident
            ? [.. Events(state, incident, world, result).Select(
                e => new Happened(e, incident.Id, world.Now, incident.TraceId, Happened.Engine))]
            : [];
    }

    private static IEnumerable<Event> Events(ResourceState state, Incident incident, World world, JobResult result) => result.Outcome switch
    {
        PeopleTold told when WaitingSteps.IsOf(incident, result.JobId) => WaitingSteps.Told(incident, world, told.Ways, result.JobId),
        PeopleTold told => Told(incident, world, told.Ways, AfterEscalation.IsClosing(incident, result.JobId)),
        EvidenceRead evidence => IsEvidenceWanted(incident, result) ? [new EvidenceCollected(evidence.Items)] : [],
        LookMade { Looked: var looked } => result.JobId == JobOrders.LookId(incident, looked.Playbook) ? [looked] : [],
        _ => incident.Run is { } run ? OfRun(incident, run, world, result) : Recovery.Report(state, incident, world, result),
    };

    private static bool IsEvidenceWanted(Incident incident, JobResult result) =>
        (incident.Run is { Phase: RunPhase.Evidence } || (incident.Run is null && LacksEvidence(incident)))
            && result.JobId == JobOrders.EvidenceId(incident);

    private static bool LacksEvidence(Incident incident) =>
        incident.Choice is { Kind: DecisionKind.Run, Playbook: { } playbook }
            ? !incident.HasEvidenceOf(playbook)
            : !incident.EvidenceKept;

    private static IEnumerable<Event> OfRun(Incident incident, Run run, World world, JobResult result)
    {
        if (!IsWanted(run, result) || Playbook(run, world) is not { } playbook || run.Step >= playbook.Ladder.Count)
        {
            return [];
        }

        var step = playbook.Ladder[run.Step];
        return run.Phase switch
        {
            RunPhase.Choosing => Planned(incident, run, step, world, result.Outcome),
            RunPhase.Acting => Acted(incident, run, playbook, world, result.Outcome),
            RunPhase.Watching => Watched(incident, run, playbook, world, result.Outcome),
            RunPhase.Cancelling => Cancelled(incident, run, playbook, world, result.Outcome),
            RunPhase.Probing => Probed(incident, run, playbook, world, result.Outcome),
            RunPhase.Verifying => RepairVerdict.Report(incident, run, playbook, step, world, result.Outcome),
            RunPhase.Undoing => Undone(run, world, result.Outcome),
            _ => [],
        };
    }

    private static IEnumerable<Event> Planned(
        Incident incident, Run run, LadderStep step, World world, JobOutcome outcome) => outcome switch
    {
        PlanMade made =>
        [
            new StepPlanned(
                run.Step,
                step.Name,
                step.Use,
                world.Actions.TryGet(step.Use, out var action)
                    ? Members.ClassOf(world, incident with { Run = run with { Plan = made.Plan } }, action.Descriptor)
                    : ActionClass.Destructive,
                made.Plan),
        ],
        PlanRefused refused => [new StepRefused(run.Step, step.Name, step.Use, refused.Reason)],
        CallFailed failed => [new PlanFailed(run.Step, step.Name, step.Use, failed.Failure.Message)],
        _ => [],
    };

    private static IEnumerable<Event> Acted(Incident incident, Run run, Playbook playbook, World world, JobOutcome outcome) =>
        outcome switch
    {
        CallReturned { Outcome: { Began: { } began } begun } => [ActEngine.Began(run, began, begun.Message, world)],
        CallReturned done => [Succeeded(run, done.Outcome)],
        CallFailed { Failure: var failure } when IsEndOfAct(run, failure) => NotDone(incident, run, playbook, world, failure.Message),
        CallFailed { Failure: var failure } => [new ActionFailed(run.ActionId!, failure.Kind, failure.Message)],
        ProbeAnswered => Probed(incident, run, playbook, world, outcome),
        ActSeen => Watched(incident, run, playbook, world, outcome),
        _ => [],
    };

    /// <summary>It is known not to have happened, and is not tried again; an act that goes on is only pushed again later.</summary>
    private static bool IsEndOfAct(Run run, JobFailure failure) => failure.Kind is FailureKind.Permanent
        || (failure.Kind is FailureKind.Transient && run.InProgress is null && run.Attempt >= Run.MaxAttempts);

    private static IEnumerable<Event> Watched(Incident incident, Run run, Playbook playbook, World world, JobOutcome outcome) =>
        outcome is ActSeen seen && run.InProgress is not null ? ActEngine.Report(incident, run, playbook, world, seen.Status) : [];

    private static IEnumerable<Event> Cancelled(Incident incident, Run run, Playbook playbook, World world, JobOutcome outcome) =>
        outcome switch
    {
        CallReturned done => ActEngine.Cancelled(incident, run, playbook, world, done.Outcome),
        CallFailed failed => [new CancelFailed(run.ActionId!, failed.Failure.Message)],
        _ => [],
    };

    private static IEnumerable<Event> Undone(Run run, World world, JobOutcome outcome) => outcome switch
    {
        CallReturned { Outcome: { Began: { } began } begun } => [ActEngine.Began(run, began, begun.Message, world, undo: true)],
        CallReturned { Outcome: var done } => [new ActionUndone(run.ActionId!, done.Message, done.Changes)],
        CallFailed failed => [new UndoFailed(run.ActionId!, failed.Failure.Message)],
        ActSeen seen when run.InProgress is not null => ActEngine.ReportUndo(run, world, seen.Status),
        _ => [],
    };

    /// <summary>Only the very job that the phase waits for: a late result of an earlier attempt says nothing about this one.</summary>
    private static bool IsWanted(Run run, JobResult result) => run.Phase switch
    {
        RunPhase.Choosing => result.JobId == JobOrders.PlanId(run),
        RunPhase.Acting =>
            result.JobId == JobOrders.ApplyId(run) || result.JobId == JobOrders.ProbeId(run) || result.JobId == JobOrders.WatchId(run),
        RunPhase.Watching => result.JobId == JobOrders.WatchId(run),
        RunPhase.Cancelling => result.JobId == JobOrders.CancelId(run),
        RunPhase.Probing => result.JobId == JobOrders.ProbeId(run),
        RunPhase.Verifying => result.JobId == JobOrders.VerifyId(run),
        RunPhase.Undoing => result.JobId == JobOrders.UndoId(run) || result.JobId == JobOrders.WatchId(run),
        _ => false,
    };

    /// <summary>Null where this version cannot read it; the run is then ended by <see cref="RunEngine"/>.</summary>
    internal static Playbook? Playbook(Run run, World world)
    {
        try
        {
            return world.Parse(run.Source);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    internal static ActionSucceeded Succeeded(Run run, ActionOutcome outcome) =>
        new(
            run.ActionId!,
            outcome.Message,
            outcome.Changes,
            GainSeen.Compare(run.Plan?.Gains ?? [], outcome.Gains) is { Count: > 0 } gains ? gains : null);

    /// <summary>
    /// That a step could not be done, or somebody else was there before it, says nothing of whether it would have helped: no reason for the
    /// next, stronger one.
    /// </summary>
    internal static IEnumerable<Event> NotDone(Incident incident, Run run, Playbook playbook, World world, string why) =>
        [
            new ActionFailed(run.ActionId!, FailureKind.Permanent, why),
            .. Escalations.GiveUp(incident, playbook, world, $"'{run.Plan?.Summary}' could not be done: {why}").Events];

    /// <summary>Where nobody can tell, nobody does it again: a new plan could hit another object than the first attempt did.</summary>
    private static IEnumerable<Event> Probed(Incident incident, Run run, Playbook playbook, World world, JobOutcome outcome) =>
        outcome is not ProbeAnswered { Result: var probe } ? [] :
    [
        new ActionProbed(run.ActionId!, probe.Answer, probe.Message),
        .. probe switch
        {
            { Answer: ProbeAnswer.Happened, Began: { } began } => [ActEngine.Began(run, began, probe.Message, world)],
            { Answer: ProbeAnswer.DidNotHappen } when run.Attempt >= Run.MaxAttempts =>
                NotDone(incident, run, playbook, world, $"it did not happen in {Plural.Of(run.Attempt, "attempt")}"),
            { Answer: ProbeAnswer.Unknown } => InDoubt(incident, run, playbook, world, probe.Message),
            _ => [],
        },
    ];

    internal static IEnumerable<Event> InDoubt(Incident incident, Run run, Playbook playbook, World world, string message) =>
    [
        new ActionInDoubt(run.ActionId!, message),
        .. Escalations.GiveUp(
            incident, playbook, world, $"it is unknown whether '{run.Plan?.Summary}' happened: {message}",
            "look at the object, then decide").Events,
    ];

    private static IEnumerable<Event> Told(Incident incident, World world, IReadOnlyList<Told> told, bool closing)
    {
        if (incident.Escalation is not { } escalation)
        {
            yield break;
        }

        if (closing && !AfterEscalation.IsOver(incident, world))
        {
            // it fires again: the next turn tells people so
            yield break;
        }

        foreach (var way in told)
        {
            if (way.Failure is { } failure)
            {
                var known = escalation.Failing.GetValueOrDefault(way.Via);
                var isNews = known is null && (closing || !escalation.ToldVia.Contains(way.Via));
                if (isNews || (known != failure && AfterEscalation.MaySay(escalation, way.Via, world)))
                {
                    yield return new NotifyFailed(way.Via, failure);
                }
            }
            else if (closing || !escalation.ToldVia.Contains(way.Via) || escalation.Failing.ContainsKey(way.Via))
            {
                yield return new Notified(way.Via, closing);
            }
        }

        // who heard the beginning has to hear the end; who never could is not waited for
        if (closing && told.All(w => w.Failure is null || escalation.Failing.ContainsKey(w.Via)))
        {
            yield return new IncidentClosed(CloseReason.Healed, AfterEscalation.Over(incident));
        }
    }
}
