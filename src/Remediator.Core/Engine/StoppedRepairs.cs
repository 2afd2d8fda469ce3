using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Records;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>What does not last is stopped and handed to people, with all that was tried; a person alone lets it be tried again.</summary>
public static class StoppedRepairs
{
    /// <summary>Null where the repairs did help, as far as anybody knows.</summary>
    internal static Move? Stop(GuardedStep step)
    {
        var (world, state, incident, playbook) = (step.World, step.State, step.Incident, step.Playbook);
        if (Ineffective.Check(step) is not { IsAllowed: false } verdict)
        {
            return null;
        }

        var row = Ineffective.InARow(state, incident, world);
        var told = incident with { Tried = [.. row.Select(r => $"incident {r.Incident}, verified {r.At:u}: {r.What}"), .. incident.Tried] };
        var move = Escalations.GiveUp(
            told,
            playbook,
            world,
            verdict.Refusal!,
            $"find out where it comes from; 'remediator allow-repair {incident.Id}' lets it be repaired again");
        return move.Events.Count == 0 || state.History.GetValueOrDefault(incident.Problem, ProblemHistory.None).Stopped
            ? move
            : Move.Happens([new RepairsStopped(incident.Problem, [.. row.Select(r => r.Incident)]), .. move.Events]);
    }

    /// <summary>A person says that it may be repaired again: the count begins anew.</summary>
    public static (IReadOnlyList<Happened> Events, CommandResult Result) Allow(
        ResourceState state, World world, string incidentId, string actor, string reason, string traceId)
    {
        if (state.Find(incidentId) is not { } incident)
        {
            return ([], new(false, $"Incident {incidentId} is not open on {world.Resource.Display}."));
        }

        if (SlowStartWatch.IsOf(incident))
        {
            return (
                [new(new RepairAllowed(incident.Problem, reason), incident.Id, world.Now, traceId, actor)],
                new(true, $"Repairs go on in {incident.Problem[SlowStartScope.ProblemPrefix.Length..]}, one at a time at first."));
        }

        return state.History.GetValueOrDefault(incident.Problem, ProblemHistory.None).Stopped
            ? (
                [new(new RepairAllowed(incident.Problem, reason), incident.Id, world.Now, traceId, actor)],
                new(true, $"{incident.Problem} of {world.Resource.Display} may be repaired again."))
            : ([], new(false, $"Repairs of {incident.Problem} on {world.Resource.Display} are not stopped; there is nothing to allow."));
    }
}
