using Remediator.Core.Actions;
using Remediator.Core.Events;

namespace Remediator.Core.Incidents;

/// <summary>What events do to the run that is going on.</summary>
internal static class RunEvolution
{
    public static Incident Apply(Incident incident, Happened happened)
    {
        if (happened.Event is RunStarted started)
        {
            return incident with { Run = Start(started, happened.At), Hold = null };
        }

        if (incident.Run is not { } run)
        {
            return incident;
        }

        return happened.Event switch
        {
            EvidenceCollected => incident with { Run = run with { Phase = RunPhase.Choosing, PhaseSince = happened.At } },
            StepPassedOver e => Next(incident, run, $"{e.Name}: skipped, {e.Reason}", happened.At),
            StepRefused e => Next(incident, run, $"{e.Name}: refused, {e.Reason}", happened.At),
            StepPlanned e => incident with { Run = run with { Plan = e.Plan, PlannedAt = happened.At, PlanFailures = 0 } },
            // what has been done is taken back by the plan that it was done by
            Held when run.Phase is RunPhase.Choosing => incident with { Run = run with { Plan = null } },
            PlanFailed => incident with { Run = run with { PlanFailures = run.PlanFailures + 1, PhaseSince = happened.At } },
            ApprovalRequested e => incident with {
                Hold = null,
                Run = run with { Phase = RunPhase.AwaitingApproval, ApprovalUntil = e.Until, Approvers = [], PhaseSince = happened.At } },
            ApprovalGiven e when run.Approvers.Count + 1 < e.Of =>
                incident with { Run = run with { Approvers = run.Approvers.Add(happened.Actor) } },
            ApprovalGiven =>
                incident with { Run = run with {
                    Phase = RunPhase.Choosing,
                    Approved = run.Plan,
                    Plan = null,
                    PhaseSince = happened.At,
                    // one that was released late has to have time to be planned again
                    ApprovalUntil = run.ApprovalUntil > happened.At + Run.ReleaseIsGoodFor
                        ? run.ApprovalUntil
                        : happened.At + Run.ReleaseIsGoodFor } },
            ActionIntended e => incident with {
                Hold = null,
                Run = run with {
                    Phase = RunPhase.Acting,
                    ActionId = e.ActionId,
                    Use = e.Use,
                    Attempt = e.Attempt,
                    NotAfter = e.NotAfter,
                    IsTemporary = e.Temporary,
                    Plan = e.Plan,
                    PhaseSince = happened.At,
                    ChangedAt = happened.At,
                    ChangedBefore = run.ChangedAt } },
            ActionSucceeded e => Changed(Told(incident, run, e.Gains), run with { InProgress = null }, happened.At),
            ActionBegan { Undo: true } e => incident with { Run = UndoBegan(run, e) },
            ActionBegan e => Begun(incident, run, e, happened.At),
            // it may have been applied again, by a process that died of it
            ActionProgressed e => incident with {
                Run = run with {
                    Phase = run.Phase is RunPhase.Acting ? RunPhase.Watching : run.Phase,
                    InProgress = Act(run, a => a with { Seen = e.Seen, NeedsPush = e.NeedsPush }) } },
            PushIntended e => incident with {
                Hold = null,
                Run = run with {
                    Phase = RunPhase.Acting,
                    Attempt = e.Attempt,
                    NotAfter = e.NotAfter,
                    InProgress = Act(run, a => a with { NeedsPush = false }) } },
            StopDeferred => incident with { Run = run with { InProgress = Act(run, a => a with { IsStopAnswered = true }) } },
            CancelIntended e => incident with {
                Hold = null,
                Run = run with {
                    Phase = RunPhase.Cancelling,
                    NotAfter = e.NotAfter,
                    InProgress = Act(run, a => a with { IsStopAnswered = true }) } },
            CancelFailed => incident with { Run = run with { Phase = RunPhase.Watching } },
            ActionCancelled e => incident with {
                Tried = incident.Tried.With($"{run.Plan?.Summary}: cancelled, {e.Message}"),
                Done = incident.Done.Remove(new(run.Id, run.Use)) },
            // what has begun and could not be brought further is looked at to its end
            ActionFailed { Kind: FailureKind.Unknown or FailureKind.Transient } when run.InProgress is not null =>
                incident with { Run = run with { Phase = RunPhase.Watching } },
            ActionFailed { Kind: FailureKind.Unknown } =>
                incident with { Run = run with { Phase = RunPhase.Probing, PhaseSince = happened.At } },
            ActionFailed { Kind: FailureKind.Transient } e when run.Attempt < Run.MaxAttempts =>
                Again(incident, run, e.Message, happened.At),
            ActionFailed e => Next(incident, Unchanged(run), $"{run.Plan?.Summary ?? run.Playbook}: failed, {e.Message}", happened.At),
            ActionProbed e => Probed(incident, run, e, happened.At),
            VerificationPassed e => incident with { Tried = incident.Tried.With($"{run.Plan?.Summary}: verified, {e.Observed}") },
            VerificationFailed { Undo: true } e =>
                incident with {
                    Tried = incident.Tried.With(NotVerified(run, e)),
                    Run = run with { Phase = RunPhase.Undoing, InProgress = null, NotAfter = default, PhaseSince = happened.At } },
            UndoIntended e => incident with {
                Hold = null,
                Run = run with { NotAfter = e.NotAfter, InProgress = Act(run, a => a with { NeedsPush = false }) } },
            VerificationFailed e => Next(incident, run, NotVerified(run, e), happened.At),
            ActionUndone e => Next(incident, run with { ChangedAt = happened.At }, $"undone: {e.Message}", happened.At),
            UndoFailed e => Next(incident, run with { ChangedAt = happened.At }, $"not undone: {e.Message}", happened.At),
            RunEnded => incident with { Run = null, Hold = null },
            _ => incident,
        };
    }

    private static string NotVerified(Run run, VerificationFailed e) => $"{run.Plan?.Summary}: done, not verified, {e.Observed}";

    private static Incident Told(Incident incident, Run run, IReadOnlyList<GainSeen>? gains) =>
        gains is null
            ? incident
            : incident with { Tried = incident.Tried.With($"{run.Plan?.Summary}: {string.Join("; ", gains.Select(g => g.Describe()))}") };

    private static Run Start(RunStarted e, DateTimeOffset at) =>
        new() { Id = e.RunId, Playbook = e.Playbook, Source = e.Source, With = e.With, StartedAt = at, PhaseSince = at };

    internal static ActInProgress? Act(Run run, Func<ActInProgress, ActInProgress> change) =>
        run.InProgress is { } act ? change(act) : null;

    private static Incident Begun(Incident incident, Run run, ActionBegan e, DateTimeOffset at)
    {
        var changed = Changed(incident, run, at);
        return changed with { Run = Began(changed.Run!, e) with { Phase = RunPhase.Watching } };
    }

    /// <summary>The time of an act is counted from its first beginning.</summary>
    private static Run Began(Run run, ActionBegan e) => run with
    {
        InProgress = new(
            e.Handle, e.LookAgain, run.InProgress?.Until ?? e.Until, e.Message, IsStopAnswered: run.InProgress?.IsStopAnswered ?? false),
    };

    /// <summary>The call is back, and what has begun is looked at.</summary>
    internal static Run UndoBegan(Run run, ActionBegan e) => Began(run, e) with { NotAfter = default };

    private static Incident Changed(Incident incident, Run run, DateTimeOffset at) => incident with
    {
        Run = run with { Phase = RunPhase.Verifying, PhaseSince = at, ChangedAt = at },
        Done = incident.Done.With(new(run.Id, run.Use)),
        Temporary = run.IsTemporary
            ? new(run with { NotAfter = default, InProgress = null }, false, 0) { Before = Other(incident.Temporary, run) }
            : incident.Temporary,
    };

    /// <summary>Another change of before, which stays to be taken back too.</summary>
    private static TemporaryChange? Other(TemporaryChange? temporary, Run run) =>
        temporary?.Run.ActionId == run.ActionId ? temporary?.Before : temporary;

    /// <summary>What was intended did not happen: the run has changed no more than before.</summary>
    private static Run Unchanged(Run run) => run.InProgress is not null ? run : run with { ChangedAt = run.ChangedBefore };

    private static Incident Again(Incident incident, Run run, string why, DateTimeOffset at) => incident with
    {
        Tried = incident.Tried.With($"{run.Plan?.Summary}: attempt {run.Attempt} failed, {why}"),
        Run = Unchanged(run) with { Phase = RunPhase.Choosing, Plan = null, PhaseSince = at },
    };

    private static Incident Probed(Incident incident, Run run, ActionProbed probed, DateTimeOffset at) => probed.Answer switch
    {
        ProbeAnswer.Happened => Changed(incident, run, at),
        ProbeAnswer.DidNotHappen => incident with { Run = Unchanged(run) with { Phase = RunPhase.Choosing, Plan = null, PhaseSince = at } },
        _ => incident,
    };

    private static Incident Next(Incident incident, Run run, string tried, DateTimeOffset at) =>
        incident with { Hold = null, Tried = incident.Tried.With(tried), Run = Rung(run, run.Step + 1, at) };

    private static Run Rung(Run run, int step, DateTimeOffset at) => run with
    {
        Phase = RunPhase.Choosing,
        Step = step,
        Plan = null,
        PlanFailures = 0,
        Approved = null,
        ApprovalUntil = null,
        Approvers = [],
        ActionId = null,
        InProgress = null,
        Attempt = 0,
        PhaseSince = at,
    };
}
