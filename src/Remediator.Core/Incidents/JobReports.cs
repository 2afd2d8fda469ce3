using Remediator.Core.Actions;

namespace Remediator.Core.Incidents;

/// <summary>Turns what jobs bring back into events. A result that nobody waits for any more is dropped.</summary>
public static class JobReports
{
    private const int MaxAttempts = 2;

    public static IReadOnlyList<Happened> Report(ResourceState state, World world, JobResult result) =>
        state.Find(result.IncidentId) is { } incident
            ? [.. Events(incident, world, result).Select(e => new Happened(e, incident.Id, world.Now, incident.TraceId, Happened.Engine))]
            : [];

    private static IEnumerable<Event> Events(Incident incident, World world, JobResult result)
    {
        if (result.Told is { } told)
        {
            return Told(incident, told, result.JobId.EndsWith("/tell/closing", StringComparison.Ordinal));
        }

        if (result.Evidence is { } evidence)
        {
            return incident.Run is null or { Phase: RunPhase.Evidence } && !incident.EvidenceKept || incident.Run is { Phase: RunPhase.Evidence }
                ? [new EvidenceCollected(evidence)]
                : [];
        }

        return incident.Run is { } run ? OfRun(incident, run, world, result) : [];
    }

    private static IEnumerable<Event> OfRun(Incident incident, Run run, World world, JobResult result)
    {
        var playbook = world.Parse(run.Source);
        if (run.Step >= playbook.Ladder.Count)
        {
            return [];
        }

        var step = playbook.Ladder[run.Step];
        return Wanted(incident, run, result) ? (run.Phase, result) switch
        {
            (RunPhase.Choosing, { Plan: { } plan }) => [new StepPlanned(run.Step, step.Name, step.Use, world.Actions.Get<IAction>(step.Use).Descriptor.Class, plan)],
            (RunPhase.Choosing, { Refusal: { } refusal }) => [new StepRefused(run.Step, step.Name, step.Use, refusal)],
            (RunPhase.Choosing, { Failure: { } failure }) => [new PlanFailed(run.Step, step.Name, step.Use, failure.Message)],
            (RunPhase.Acting, { Outcome: { } outcome }) => [new ActionSucceeded(run.ActionId!, outcome.Message, outcome.Changes)],
            (RunPhase.Acting, { Failure: { } failure }) => [new ActionFailed(run.ActionId!, failure.Kind, failure.Message)],
            (RunPhase.Acting or RunPhase.Probing, { Probe: { } probe }) => Probed(run, playbook, world, step.Use, probe, incident),
            (RunPhase.Verifying, { Verification: { Good: true } check }) =>
                [new VerificationPassed(run.Step, check.Observed), new RunEnded(RunOutcome.Verified, check.Observed), new IncidentClosed(CloseReason.Verified, check.Observed)],
            (RunPhase.Verifying, { Verification: { } check }) =>
                [new VerificationFailed(run.Step, check.Observed, step.UndoOnFailure && world.Actions.Get<IAction>(step.Use) is IUndoableAction)],
            (RunPhase.Undoing, { Outcome: { } outcome }) => [new ActionUndone(run.ActionId!, outcome.Message, outcome.Changes)],
            (RunPhase.Undoing, { Failure: { } failure }) => [new UndoFailed(run.ActionId!, failure.Message)],
            _ => [],
        } : [];
    }

    /// <summary>Jobs of a rung begin with its action's id, plans with the run's.</summary>
    private static bool Wanted(Incident incident, Run run, JobResult result) =>
        result.IncidentId == incident.Id
        && result.JobId.StartsWith(run.Phase is RunPhase.Choosing ? $"{run.Id}/plan/{run.Step}/{run.PlanFailures}/" : $"{run.ActionId}/", StringComparison.Ordinal);

    private static IEnumerable<Event> Probed(Run run, Playbooks.Playbook playbook, World world, string use, ProbeResult probe, Incident incident)
    {
        var again = probe.Answer is ProbeAnswer.Unknown && world.Actions.Get<IAction>(use).Descriptor.Idempotent;
        if (again)
        {
            probe = new(ProbeAnswer.DidNotHappen, $"nobody can tell, and it is safe to do again: {probe.Message}");
        }

        yield return new ActionProbed(run.ActionId!, probe.Answer, probe.Message);
        if (probe.Answer is ProbeAnswer.DidNotHappen && run.Attempt >= MaxAttempts)
        {
            yield return new ActionFailed(run.ActionId!, FailureKind.Permanent, $"it did not happen in {run.Attempt} attempts");
        }
        else if (probe.Answer is ProbeAnswer.Unknown)
        {
            yield return new ActionInDoubt(run.ActionId!, probe.Message);
            foreach (var e in Escalations.GiveUp(incident, playbook, world, $"nobody can tell whether '{run.Plan?.Summary}' happened: {probe.Message}", "look at the object, then decide").Events)
            {
                yield return e;
            }
        }
    }

    private static IEnumerable<Event> Told(Incident incident, IReadOnlyList<Told> told, bool closing)
    {
        if (incident.Escalation is not { } escalation)
        {
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

        if (closing)
        {
            yield return new IncidentClosed(CloseReason.Healed, AfterEscalation.Over);
        }
    }
}
