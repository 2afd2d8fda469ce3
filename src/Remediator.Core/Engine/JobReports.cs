using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>Turns what jobs bring back into events. A result that nobody waits for any more is dropped.</summary>
public static class JobReports
{
    public static IReadOnlyList<Happened> Report(ResourceState state, World world, JobResult result)
    {
        if (result.Held is not null || result.Released is not null)
        {
            return PageHandoff.Report(state, world, result);
        }

        return state.Find(result.IncidentId) is { } incident
            ? [.. Events(state, incident, world, result).Select(
                e => new Happened(e, incident.Id, world.Now, incident.TraceId, Happened.Engine))]
            : [];
    }

    private static IEnumerable<Event> Events(ResourceState state, Incident incident, World world, JobResult result)
    {
        if (result.Told is { } told)
        {
            return Told(incident, world, told, result.JobId.StartsWith($"{incident.Id}/tell/over/", StringComparison.Ordinal));
        }

        if (result.Evidence is { } evidence)
        {
            var wanted = incident.Run is { Phase: RunPhase.Evidence } || (incident.Run is null && !incident.EvidenceKept);
            return wanted && result.JobId == JobOrders.EvidenceId(incident) ? [new EvidenceCollected(evidence)] : [];
        }

        if (result.Looked is { } looked)
        {
            return result.JobId == JobOrders.LookId(incident, looked.Playbook) ? [looked] : [];
        }

        return incident.Run is { } run ? OfRun(incident, run, world, result) : Recovery.Report(state, incident, world, result);
    }

    private static IEnumerable<Event> OfRun(Incident incident, Run run, World world, JobResult result)
    {
        if (!IsWanted(run, result) || Playbook(run, world) is not { } playbook || run.Step >= playbook.Ladder.Count)
        {
            return [];
        }

        var step = playbook.Ladder[run.Step];
        return (run.Phase, result) switch
        {
            (RunPhase.Choosing, { Plan: { } plan }) =>
                [new StepPlanned(
                    run.Step,
                    step.Name,
                    step.Use,
                    world.Actions.TryGet(step.Use, out var a) ? a.Descriptor.Class : ActionClass.Destructive,
                    plan)],
            (RunPhase.Choosing, { Refusal: { } refusal }) => [new StepRefused(run.Step, step.Name, step.Use, refusal)],
            (RunPhase.Choosing, { Failure: { } failure }) => [new PlanFailed(run.Step, step.Name, step.Use, failure.Message)],
            (RunPhase.Acting, { Outcome: { Began: { } began } outcome }) => [ActEngine.Began(run, began, outcome.Message, world)],
            (RunPhase.Acting, { Outcome: { } outcome }) => [Succeeded(run, outcome)],
            (RunPhase.Acting or RunPhase.Watching, { Watch: { } status }) when run.InProgress is not null =>
                ActEngine.Report(incident, run, playbook, world, status),
            (RunPhase.Cancelling, { Outcome: { } outcome }) => ActEngine.Cancelled(incident, run, playbook, world, outcome),
            (RunPhase.Cancelling, { Failure: { } failure }) => [new CancelFailed(run.ActionId!, failure.Message)],
            (RunPhase.Acting, { Failure: { Kind: not FailureKind.Permanent } failure }) when run.InProgress is not null =>
                [new ActionFailed(run.ActionId!, failure.Kind, failure.Message)],
            (RunPhase.Acting, { Failure: { } failure }) when failure.Kind is FailureKind.Permanent
                || (failure.Kind is FailureKind.Transient && run.Attempt >= Run.MaxAttempts) =>
                NotDone(incident, run, playbook, world, failure.Message),
            (RunPhase.Acting, { Failure: { } failure }) => [new ActionFailed(run.ActionId!, failure.Kind, failure.Message)],
            (RunPhase.Acting or RunPhase.Probing, { Probe: { } probe }) => Probed(run, playbook, world, probe, incident),
            // what was changed for a time only is taken back first
            (RunPhase.Verifying, { Verification: { Good: true } check }) when incident.Temporary is not null =>
                [new VerificationPassed(run.Step, check.Observed), new RunEnded(RunOutcome.Verified, check.Observed)],
            (RunPhase.Verifying, { Verification: { Good: true } check }) =>
                [
                    new VerificationPassed(run.Step, check.Observed), new RunEnded(RunOutcome.Verified, check.Observed),
                    new IncidentClosed(CloseReason.Verified, check.Observed)],
            (RunPhase.Verifying, { Verification: { } check }) =>
                [new VerificationFailed(
                    run.Step, check.Observed, step.UndoOnFailure && world.Actions.TryGet(step.Use, out var b) && b is IUndoableAction)],
            (RunPhase.Undoing, { Outcome: { Began: { } began } outcome }) =>
                [ActEngine.Began(run, began, outcome.Message, world, undo: true)],
            (RunPhase.Undoing, { Watch: { } status }) when run.InProgress is not null => ActEngine.ReportUndo(run, world, status),
            (RunPhase.Undoing, { Outcome: { } outcome }) => [new ActionUndone(run.ActionId!, outcome.Message, outcome.Changes)],
            (RunPhase.Undoing, { Failure: { } failure }) => [new UndoFailed(run.ActionId!, failure.Message)],
            _ => [],
        };
    }

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
            .. Escalations.GiveUp(incident, playbook, world, $"'{run.Plan?.Summary}' could not be done: {why}", run.Plan?.Summary).Events];

    /// <summary>Where nobody can tell, nobody does it again: a new plan could hit another object than the first attempt did.</summary>
    private static IEnumerable<Event> Probed(Run run, Playbook playbook, World world, ProbeResult probe, Incident incident)
    {
        yield return new ActionProbed(run.ActionId!, probe.Answer, probe.Message);
        if (probe is { Answer: ProbeAnswer.Happened, Began: { } began })
        {
            yield return ActEngine.Began(run, began, probe.Message, world);
        }

        if (probe.Answer is ProbeAnswer.DidNotHappen && run.Attempt >= Run.MaxAttempts)
        {
            foreach (var e in NotDone(incident, run, playbook, world, $"it did not happen in {run.Attempt} attempts"))
            {
                yield return e;
            }
        }
        else if (probe.Answer is ProbeAnswer.Unknown)
        {
            foreach (var e in InDoubt(incident, run, playbook, world, probe.Message))
            {
                yield return e;
            }
        }
    }

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
                if (escalation.Failing.GetValueOrDefault(way.Via) != failure)
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
