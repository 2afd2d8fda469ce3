using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// What was changed for a time only is taken back once the resource was well for its stable time, whether a run has verified it or people
/// have it by then. That needs no permit: it gives back. What people have paused or hold stops it all the same.
/// </summary>
internal static class Recovery
{
    /// <summary>Null where nothing is to be taken back now.</summary>
    public static Move? Next(ResourceState state, Incident incident, World world)
    {
        if (incident.Run is not null || incident.Temporary is not { IsGivenUp: false } temporary || !RuleChoices.CanDecide(incident, world))
        {
            return incident is { Run: null, Escalation: null, Temporary: { IsGivenUp: true } given }
                ? GiveUp(incident, given, world)
                : null;
        }

        if (Step(temporary, world) is not var (playbook, step))
        {
            return incident.Escalation is null
                ? Escalations.GiveUpWithoutPlaybook(
                    incident, world, $"this version cannot read the playbook that says how to undo '{temporary.Run.Plan?.Summary}'")
                : null;
        }

        var soon = world.Now + JobOrders.LookAgain(world);
        if (FreshLook.Doubt(world, incident, playbook) is not null)
        {
            return Looking.Next(incident, playbook, world);
        }

        return (temporary.Recovered || IsGone(world), RuleChoices.ProblemHolds(playbook, incident, world)) switch
        {
            (true, false) => RunEngine.TakeBack(state, incident, temporary.Run, playbook, step, world),
            (false, false) =>
                Move.WaitsFor(JobOrders.Verify(incident, temporary.Run, playbook, step, world) with { Id = RecoveredId(temporary) }, soon),
            _ => null,
        };
    }

    public static IEnumerable<Event> Report(ResourceState state, Incident incident, World world, JobResult result)
    {
        if (incident.Temporary is not { IsGivenUp: false } temporary)
        {
            return [];
        }

        var run = temporary.Run;
        return result.Outcome switch
        {
            RepairChecked { Check: { Good: true } check } when result.JobId == RecoveredId(temporary)
                && Next(state, incident, world) is not null => [new VerificationPassed(run.Step, check.Observed)],
            CallReturned { Outcome: { Began: { } began } begun } when result.JobId == JobOrders.UndoId(run) =>
                [ActEngine.Began(run, began, begun.Message, world, undo: true)],
            CallReturned done when result.JobId == JobOrders.UndoId(run) => Undone(incident, temporary, done.Outcome),
            CallFailed failed when result.JobId == JobOrders.UndoId(run) => [new UndoFailed(run.ActionId!, failed.Failure.Message)],
            ActSeen { Status: { State: Actions.ActState.Done } done } when IsUndoing(temporary, result) =>
                Undone(incident, temporary, new(done.Seen) { Changes = done.Changes }),
            ActSeen seen when IsUndoing(temporary, result) => ActEngine.ReportUndo(run, world, seen.Status),
            _ => [],
        };
    }

    private static bool IsUndoing(TemporaryChange temporary, JobResult result) =>
        temporary.Run.InProgress is not null && result.JobId == JobOrders.WatchId(temporary.Run);

    /// <summary>What people have is closed when they were told that it is over.</summary>
    private static IEnumerable<Event> Undone(Incident incident, TemporaryChange temporary, Actions.ActionOutcome outcome)
    {
        yield return new ActionUndone(temporary.Run.ActionId!, outcome.Message, outcome.Changes);
        if (incident.Escalation is null && temporary.Before is null)
        {
            yield return new IncidentClosed(temporary.Recovered ? CloseReason.Verified : CloseReason.Healed, outcome.Message);
        }
    }

    private static Move GiveUp(Incident incident, TemporaryChange temporary, World world) => Move.Happens(new Escalated
    {
        Severity = "warning",
        Message = $"{world.Resource.Display} is well again, but '{temporary.Run.Plan?.Summary}' could not be undone"
            + $"{(temporary.Before is { } before ? $", and so '{before.Run.Plan?.Summary}' was not undone after it" : "")}",
        Reason = $"undoing it failed {Plural.Of(temporary.UndoFailures, "time")}",
        Tried = incident.Tried,
        NextStep = "undo it by hand",
        Evidence = "",
    });

    private static (Playbook Playbook, LadderStep Step)? Step(TemporaryChange temporary, World world)
    {
        try
        {
            var playbook = world.Parse(temporary.Run.Source);
            return (playbook, playbook.Ladder[temporary.Run.Step]);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsGone(World world) =>
        world.ViewState is ViewState.Ready
            && !ResourceKinds.Of(world.Resource).MayBeOutside
            && !world.Scope.All.Any(f => FactSchema.IsKind(f.Name));

    private static string RecoveredId(TemporaryChange temporary) => $"{temporary.Run.ActionId}/recovered";
}
