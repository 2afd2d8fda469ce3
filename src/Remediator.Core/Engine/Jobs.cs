using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Pages;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

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

public sealed record VerifyRepair(ActionCall Call, TimeSpan Within, TimeSpan Stable) : Job
{
    /// <summary>
    /// What was wrong: while all of it still shows, nothing is verified. Empty where only a look of its own would show it.
    /// </summary>
    public IReadOnlyList<Condition> Problem { get; init; } = [];

    /// <summary>What is seen of the resource itself is not good while its problem still shows.</summary>
    public CheckResult Judge(CheckResult check, FactView facts) =>
        check is { Good: true } && Problem.Count > 0 && RuleChoices.FirstMissing(Problem, facts) is null
            ? check with
            {
                Good = false,
                Open = true,
                ProblemShows = true,
                Observed = $"{check.Observed}, but its problem still shows: {Problem[0].Text}",
            }
            : check;
}

public sealed record TellPeople(Notification Notification, bool Closing) : Job;

public sealed record HoldPages(IReadOnlyList<PageHold> Pages) : Job;

/// <param name="Why">Comes back with the result.</param>
public sealed record ReleasePages(IReadOnlyList<PageHold> Pages, string Why) : Job;
