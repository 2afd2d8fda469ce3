using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Core.Incidents;

/// <summary>The incident list, for people: a projection of the state.</summary>
public static class IncidentRows
{
    public static IReadOnlyList<IncidentRow> Changed(
        ResourceKey resource, ResourceState before, ResourceState after, IReadOnlyList<Happened> events)
    {
        var rows = after.Incidents.Where(i => before.Find(i.Id) != i || PageHeldUntil(before, i) != PageHeldUntil(after, i))
            .Select(i => Open(resource, after, i))
            .ToList();
        var opened = events.Where(h => h.Event is IncidentOpened).ToDictionary(h => h.IncidentId!);
        foreach (var closed in events.Where(h => h.Event is IncidentClosed))
        {
            var e = (IncidentClosed)closed.Event;
            var incident = before.Find(closed.IncidentId!);
            var opening = opened.GetValueOrDefault(closed.IncidentId!);
            rows.Add(new()
            {
                Id = closed.IncidentId!,
                Resource = resource,
                Problem = incident?.Problem ?? ((IncidentOpened)opening!.Event).Problem,
                Status = e.Reason.ToString().ToLowerInvariant(),
                Summary = e.Detail,
                OpenedAt = incident?.OpenedAt ?? opening!.At,
                ClosedAt = closed.At,
            });
        }

        return rows;
    }

    private static DateTimeOffset? PageHeldUntil(ResourceState state, Incident incident) => HeldPages.HeldUntil(state, incident.Id);

    private static IncidentRow Open(ResourceKey resource, ResourceState state, Incident incident)
    {
        var (status, summary) = Status(incident);
        summary += PageHeldUntil(state, incident) is { } until ? $"; its page is held until {until:u}" : "";
        return new() {
            Id = incident.Id,
            Resource = resource,
            Problem = incident.Problem,
            Status = status,
            Summary = summary,
            OpenedAt = incident.OpenedAt,
            WaitsFor = incident.WaitsFor };
    }

    /// <summary>Status in one or two words, and what is behind it.</summary>
    public static (string Status, string Summary) Status(Incident incident)
    {
        var (status, summary) = Of(incident);
        return (status.Word(), summary);
    }

    private static (IncidentStatus Status, string Summary) Of(Incident incident) => incident switch
    {
        { Storm: { } storm } => (Of(storm.Phase), storm.Seen),
        { Escalation: { } e, Run: { Phase: RunPhase.AwaitingApproval } run } =>
            (IncidentStatus.Escalated, $"{e.Escalated.Reason} (it can still be approved: {run.Plan?.Summary})"),
        { Escalation: { } e } => (IncidentStatus.Escalated, e.Escalated.Reason),
        { Hold: { } hold } => (IncidentStatus.Held, hold.Guard == "held" ? hold.Reason : $"{hold.Guard}: {hold.Reason}"),
        { Run: { Phase: RunPhase.AwaitingApproval } run } =>
            (
                IncidentStatus.AwaitingApproval,
                $"{run.Plan?.Summary} (until {run.ApprovalUntil:u}"
                    + (run.Approvers.IsEmpty
                        ? ")"
                        : $"; approved by {string.Join(", ", run.Approvers)}, and somebody else has to as well)")),
        { Run: { Phase: RunPhase.Watching or RunPhase.Cancelling, InProgress: { } act } run } =>
            (
                IncidentStatus.Running,
                $"{run.Playbook}, step {run.Step + 1}: {run.Plan?.Summary}, in progress until {act.Until:u} at the latest: {act.Seen}"),
        { Run: { } run } => (
            IncidentStatus.Running,
            $"{run.Playbook}, step {run.Step + 1}: {run.Phase.ToString().ToLowerInvariant()}"
                + $"{(run.Plan is { } plan ? $", {plan.Summary}" : "")}"),
        { ObservedUnder: not null } => (IncidentStatus.Observed, "nothing was changed: the mode does not allow it"),
        { Choice: { Kind: DecisionKind.None } choice } =>
            (IncidentStatus.Unhandled, choice.Message.Length > 0 ? choice.Message : "no rule matches"),
        { Choice: { Kind: DecisionKind.Suppress } choice } => (IncidentStatus.Suppressed, choice.Message),
        { Choice: { } choice } => (IncidentStatus.Waiting, $"rule {choice.Rule}"),
        _ => (IncidentStatus.Open, ""),
    };

    private static IncidentStatus Of(StormPhase phase) => phase switch
    {
        StormPhase.Raging => IncidentStatus.Storm,
        StormPhase.CoolingDown => IncidentStatus.CoolingDown,
        _ => IncidentStatus.StormOver,
    };
}
