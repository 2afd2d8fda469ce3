using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Pages;
using Remediator.Core.Resources;

namespace Remediator.Core.Engine;

/// <summary>
/// Work outside the grain that an incident waits for. The id is the same whenever the same work is still wanted, so asking twice starts it
/// once.
/// </summary>
public abstract record Job
{
    public required string Id { get; init; }
    public required string IncidentId { get; init; }
    public required ResourceKey Resource { get; init; }
    public required string TraceId { get; init; }
}

public sealed record EvidenceCall(string Use, object Input);

public sealed record CollectEvidence(IReadOnlyList<EvidenceCall> Calls, FactView Facts) : Job;

public sealed record LookAtResource(string Playbook, IReadOnlyList<EvidenceCall> Calls, FactView Facts) : Job;

/// <param name="ActionId">The id that the act will have; the same for plan, apply, probe and undo of one rung.</param>
public sealed record ActionCall(string ActionId, string Use, object Input, FactView Facts)
{
    /// <summary>Those that no view holds, and that a newer one lacks too.</summary>
    public IReadOnlyList<Fact> Added { get; init; } = [];
}

public sealed record MakePlan(ActionCall Call) : Job;

public sealed record ApplyPlan(ActionCall Call, ActionPlan Plan, DateTimeOffset NotAfter) : Job;

public sealed record ProbePlan(ActionCall Call, ActionPlan Plan) : Job;

public sealed record UndoPlan(ActionCall Call, ActionPlan Plan, DateTimeOffset NotAfter) : Job;

/// <summary>Looks until it has ended, or something else is seen than <see cref="ActInProgress.Seen"/>.</summary>
public sealed record WatchAct(ActionCall Call, ActionPlan Plan, ActInProgress Act) : Job;

public sealed record CancelAct(ActionCall Call, ActionPlan Plan, string Handle, DateTimeOffset NotAfter) : Job;

public sealed record VerifyRepair(ActionCall Call, TimeSpan Within, TimeSpan Stable) : Job;

public sealed record TellPeople(Notification Notification, bool Closing) : Job;

public sealed record HoldPages(IReadOnlyList<PageHold> Pages) : Job;

/// <param name="Why">Comes back with the result.</param>
public sealed record ReleasePages(IReadOnlyList<PageHold> Pages, string Why) : Job;

/// <summary>What came of a job; only what its kind of job can say is set.</summary>
public sealed record JobResult
{
    public required string JobId { get; init; }
    public required string IncidentId { get; init; }
    public IReadOnlyList<EvidenceItem>? Evidence { get; init; }
    public Looked? Looked { get; init; }
    public ActionPlan? Plan { get; init; }
    public string? Refusal { get; init; }
    public ActionOutcome? Outcome { get; init; }
    public ProbeResult? Probe { get; init; }
    public ActStatus? Watch { get; init; }
    public CheckResult? Verification { get; init; }
    public IReadOnlyList<Told>? Told { get; init; }
    public IReadOnlyList<PageOutcome>? Held { get; init; }
    public IReadOnlyList<PageOutcome>? Released { get; init; }
    /// <summary>The reason that the job was given.</summary>
    public string? Why { get; init; }
    /// <summary>The job itself failed.</summary>
    public JobFailure? Failure { get; init; }
}

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
