using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// An act that goes on after the call that began it. It is looked at until it has ended; what people say meanwhile, or the end of its time,
/// is answered once, as its action declares: it is cancelled, or it has to be finished.
/// </summary>
internal static class ActEngine
{
    public static Move Next(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        var act = run.InProgress!;
        var takeover = run.NotAfter + world.Settings.TakeoverMargin;
        if (run.Phase is RunPhase.Cancelling)
        {
            return world.Now < takeover
                ? Move.WaitsUntil(takeover)
                : Move.Happens(Cancel(run, "its cancelling was lost", world));
        }

        var stop = Guards.Stop(new(world, state, incident, playbook, step, null));
        if (!act.IsStopAnswered && stop is not null && world.Actions.TryGet(run.Use, out var action))
        {
            return action is ICancellableAction
                ? Move.Happens(Cancel(run, stop.Message, world))
                : Move.Happens(new StopDeferred(run.ActionId!, stop.Guard.Name, stop.Reason));
        }

        if (act.NeedsPush && world.Now < act.Until)
        {
            return stop is not null ? Holding.By(stop, incident, world) : Move.Happens(Push(run, act, world));
        }

        return Move.WaitsFor(JobOrders.Watch(incident, run, step, world), world.Now + JobOrders.LookAgain(world));
    }

    /// <summary>What a look says of an act, or of a taking back that goes on.</summary>
    public static IEnumerable<Event> Report(Incident incident, Run run, Playbook playbook, World world, ActStatus status) =>
        status.State switch
    {
        ActState.Done => [JobReports.Succeeded(run, new(status.Seen) { Changes = status.Changes, Gains = status.Gains })],
        ActState.Unknown => JobReports.InDoubt(incident, run, playbook, world, status.Seen),
        ActState.InProgress when world.Now < run.InProgress!.Until => Progress(run, status),
        // only after a look: it may have ended while nobody looked
        ActState.InProgress when IsToBeCancelled(run, world) =>
            [.. Progress(run, status), Cancel(run, $"its time is over; {status.Seen}", world)],
        ActState.InProgress => JobReports.NotDone(incident, run, playbook, world, $"its time was over before it was done: {status.Seen}"),
        _ => JobReports.NotDone(incident, run, playbook, world, status.Seen),
    };

    public static IEnumerable<Event> ReportUndo(Run run, World world, ActStatus status) => status.State switch
    {
        ActState.Done => [new ActionUndone(run.ActionId!, status.Seen, status.Changes)],
        ActState.InProgress when world.Now < run.InProgress!.Until => Progress(run, status),
        ActState.InProgress => [new UndoFailed(run.ActionId!, $"its time was over before it was taken back: {status.Seen}")],
        _ => [new UndoFailed(run.ActionId!, status.Seen)],
    };

    public static IEnumerable<Event> Cancelled(Incident incident, Run run, Playbook playbook, World world, ActionOutcome outcome)
    {
        yield return new ActionCancelled(run.ActionId!, outcome.Message, outcome.Changes);
        var isLate = world.Now >= run.InProgress!.Until;
        var end = isLate
            ? Escalations.GiveUp(
                incident, playbook, world, $"'{run.Plan?.Summary}' was not done in time, and was cancelled: {run.InProgress.Seen}",
                run.Plan?.Summary).Events
            : [new RunEnded(RunOutcome.Stopped, $"'{run.Plan?.Summary}' was cancelled: {outcome.Message}")];
        foreach (var e in end)
        {
            yield return e;
        }
    }

    public static ActionBegan Began(Run run, Began began, string message, World world, bool undo = false) =>
        new(
            run.ActionId!, began.Handle, message, world.Settings.Scaled(began.LookAgain), world.Now + world.Settings.Scaled(began.Within),
            undo);

    private static bool IsToBeCancelled(Run run, World world) =>
        !run.InProgress!.IsStopAnswered && world.Actions.TryGet(run.Use, out var action) && action is ICancellableAction;

    private static IEnumerable<Event> Progress(Run run, ActStatus status) =>
        status.Seen == run.InProgress!.Seen && status.NeedsPush == run.InProgress.NeedsPush
            ? []
            : [new ActionProgressed(run.ActionId!, status.Seen, status.NeedsPush)];

    private static CancelIntended Cancel(Run run, string reason, World world) =>
        new(run.ActionId!, reason, world.Now + RunEngine.Deadline(CallDeadline(run, world), world));

    private static PushIntended Push(Run run, ActInProgress act, World world) =>
        new(run.ActionId!, act.Seen, run.Attempt + 1, world.Now + RunEngine.Deadline(CallDeadline(run, world), world));

    private static TimeSpan CallDeadline(Run run, World world) =>
        world.Actions.TryGet(run.Use, out var action) ? action.Descriptor.Deadline : TimeSpan.Zero;
}
