namespace Remediator.Core.Incidents;

/// <summary>A person releases a step.</summary>
public static class Approvals
{
    public static (IReadOnlyList<Happened> Events, CommandResult Result) Approve(ResourceState state, World world, string incidentId, string actor, string reason, string traceId)
    {
        if (state.Find(incidentId) is not { } incident)
        {
            return ([], new(false, $"Incident {incidentId} is not open on {world.Resource.Display}."));
        }

        if (incident.Run is not { Phase: RunPhase.AwaitingApproval } run)
        {
            return ([], new(false, $"Incident {incidentId} waits for no approval now{(incident.Hold is { } hold ? $"; it is held: {hold.Reason}" : "")}."));
        }

        if (world.Now >= run.ApprovalUntil)
        {
            return ([], new(false, $"The time to release it was over at {run.ApprovalUntil:u}."));
        }

        return ([new(new ApprovalGiven(run.Step, reason), incident.Id, world.Now, traceId, actor)], new(true, $"Released: {run.Plan!.Summary}."));
    }
}
