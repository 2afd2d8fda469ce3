using Remediator.Core.Actions;
using Remediator.Core.Events;

namespace Remediator.Core.Engine;

/// <summary>What came of a job. Whether it is still the job that is waited for, its id says.</summary>
public sealed record JobResult(string JobId, string IncidentId, JobOutcome Outcome);

/// <summary>One of the records below, and no other.</summary>
public abstract record JobOutcome
{
    private protected JobOutcome()
    {
    }
}

/// <summary>Of <see cref="CollectEvidence"/>.</summary>
public sealed record EvidenceRead(IReadOnlyList<EvidenceItem> Items) : JobOutcome;

/// <summary>Of <see cref="LookAtResource"/>.</summary>
public sealed record LookMade(Looked Looked) : JobOutcome;

/// <summary>Of <see cref="MakePlan"/>: something is to be done.</summary>
public sealed record PlanMade(ActionPlan Plan) : JobOutcome;

/// <summary>Of <see cref="MakePlan"/>: nothing should be done.</summary>
public sealed record PlanRefused(string Reason) : JobOutcome;

/// <summary>Of <see cref="ApplyPlan"/>, <see cref="UndoPlan"/> and <see cref="CancelAct"/>: the call of the action came back.</summary>
public sealed record CallReturned(ActionOutcome Outcome) : JobOutcome;

/// <summary>
/// Of <see cref="MakePlan"/>, <see cref="ApplyPlan"/>, <see cref="UndoPlan"/> and <see cref="CancelAct"/>: the call of the action failed.
/// </summary>
public sealed record CallFailed(JobFailure Failure) : JobOutcome
{
    public CallFailed(FailureKind kind, string message)
        : this(new JobFailure(kind, message))
    {
    }
}

/// <summary>Of <see cref="ProbePlan"/>.</summary>
public sealed record ProbeAnswered(ProbeResult Result) : JobOutcome;

/// <summary>Of <see cref="WatchAct"/>.</summary>
public sealed record ActSeen(ActStatus Status) : JobOutcome;

/// <summary>Of <see cref="VerifyRepair"/>.</summary>
public sealed record RepairChecked(CheckResult Check) : JobOutcome;

/// <summary>Of <see cref="TellPeople"/>, each way of telling by itself.</summary>
public sealed record PeopleTold(IReadOnlyList<Told> Ways) : JobOutcome;

/// <summary>Of <see cref="HoldPages"/>, each alert by itself.</summary>
public sealed record PagesHeld(IReadOnlyList<PageOutcome> Pages) : JobOutcome;

/// <summary>Of <see cref="ReleasePages"/>, each alert by itself.</summary>
/// <param name="Why">The reason that the job was given.</param>
public sealed record PagesReleased(IReadOnlyList<PageOutcome> Pages, string Why) : JobOutcome;

public sealed record JobFailure(FailureKind Kind, string Message);

/// <param name="Failure">Null when it was told.</param>
public sealed record Told(string Via, string? Failure)
{
    /// <summary>In place of a way where none is configured.</summary>
    public const string NoWayConfigured = "nobody";
}

/// <param name="Silence">Of <see cref="HoldPages"/> what holds it, of <see cref="ReleasePages"/> what was ended.</param>
public sealed record PageOutcome(string Fingerprint, string? Silence, JobFailure? Failure)
{
    /// <summary>Of <see cref="HoldPages"/>: how long it was asked to be held.</summary>
    public DateTimeOffset? Until { get; init; }
}
