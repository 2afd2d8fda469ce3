using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;

namespace Remediator.Grains.Calls;

/// <summary>
/// A <see cref="JobResult"/> as versions that run side by side send it: what its kind of outcome says is set, and nothing else. Of an
/// outcome that only a newer version knows nothing is set.
/// </summary>
internal sealed record JobMessage
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
    public string? Why { get; init; }
    public JobFailure? Failure { get; init; }

    public static JobMessage Of(JobResult result)
    {
        var message = new JobMessage { JobId = result.JobId, IncidentId = result.IncidentId };
        return result.Outcome switch
        {
            EvidenceRead read => message with { Evidence = read.Items },
            LookMade made => message with { Looked = made.Looked },
            PlanMade made => message with { Plan = made.Plan },
            PlanRefused refused => message with { Refusal = refused.Reason },
            CallReturned returned => message with { Outcome = returned.Outcome },
            CallFailed failed => message with { Failure = failed.Failure },
            ProbeAnswered answered => message with { Probe = answered.Result },
            ActSeen seen => message with { Watch = seen.Status },
            RepairChecked repair => message with { Verification = repair.Check },
            PeopleTold told => message with { Told = told.Ways },
            PagesHeld held => message with { Held = held.Pages },
            PagesReleased released => message with { Released = released.Pages, Why = released.Why },
            _ => throw new NotSupportedException($"There is no such outcome of a job: {result.Outcome.GetType().Name}."),
        };
    }

    /// <returns>Null where this version knows no such outcome.</returns>
    public JobResult? Read() => OutcomeOf() is { } outcome ? new(JobId, IncidentId, outcome) : null;

    private JobOutcome? OutcomeOf() => this switch
    {
        { Evidence: { } items } => new EvidenceRead(items),
        { Looked: { } looked } => new LookMade(looked),
        { Plan: { } plan } => new PlanMade(plan),
        { Refusal: { } reason } => new PlanRefused(reason),
        { Outcome: { } outcome } => new CallReturned(outcome),
        { Probe: { } answer } => new ProbeAnswered(answer),
        { Watch: { } status } => new ActSeen(status),
        { Verification: { } check } => new RepairChecked(check),
        { Told: { } ways } => new PeopleTold(ways),
        { Held: { } pages } => new PagesHeld(pages),
        { Released: { } pages } => new PagesReleased(pages, Why ?? ""),
        { Failure: { } failure } => new CallFailed(failure),
        _ => null,
    };
}
