using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>A person releases a step.</summary>
public static class Approvals
{
    public static (IReadOnlyList<Happened> Events, CommandResult Result) Approve(
        ResourceState state, World world, string incidentId, string actor, string reason, string traceId)
    {
        if (state.Find(incidentId) is not { } incident)
        {
            return ([], new(false, $"Incident {incidentId} is not open on {world.Resource.Display}."));
        }

        if (incident.Run is not { Phase: RunPhase.AwaitingApproval } run)
        {
            return (
                [],
                new(
                    false,
                    $"Incident {incidentId} is not waiting for approval "
                        + $"now{(incident.Hold is { } hold ? $"; it is held: {hold.Reason}" : "")}."));
        }

        if (world.Now >= run.ApprovalUntil && incident.Escalation is null)
        {
            return ([], new(false, $"The time to approve it ended at {run.ApprovalUntil:u}."));
        }

        var people = world.Definitions.Policy.PeopleToRelease(world.Labels(run.Playbook));
        if (people > 1 && Person.Of(actor) is null)
        {
            return (
                [],
                new(
                    false,
                    $"{people} different people have to approve it, and {actor} does not identify a person: each needs a "
                        + $"token of their own (remediator token create NAME --role approver)."));
        }

        var done = run.Approvers.Count + 1;
        if (run.Approvers.Exists(a => Person.Of(a) == Person.Of(actor)))
        {
            return (
                [],
                new(
                    false,
                    $"{actor} has approved it already, and {people} different people have to: '{run.Plan!.Summary}' waits "
                        + $"for somebody else."));
        }

        var answer = done < people
            ? $"Noted, {done} of {people}: {run.Plan!.Summary}. Somebody else has to approve it too, until {run.ApprovalUntil:u}."
            : $"Approved: {run.Plan!.Summary}.";
        return ([new(new ApprovalGiven(run.Step, reason, people), incident.Id, world.Now, traceId, actor)], new(true, answer));
    }
}
