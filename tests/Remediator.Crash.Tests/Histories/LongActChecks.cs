using Remediator.Core.Events;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Histories;

/// <summary>
/// What goes on for longer than its call is followed to its end, what the journal says of it is what the place says where it goes on, and
/// nothing is asked of it without an intent.
/// </summary>
internal static class LongActChecks
{
    private const string Undone = "-undone";

    /// <summary>A call may begin until its deadline, and last as long as the client waits.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    public static IEnumerable<Fault> Faults(History history)
    {
        var acts = history.Acts.ToLookup(a => a.ActionId);
        return [
            .. history.Of<ActionBegan>()
                .GroupBy(b => b.Event.Undo ? b.Event.ActionId + Undone : b.Event.ActionId)
                .SelectMany(b => Begun(b.Key, [.. b], [.. acts[b.Key]], history)),
            .. history.Of<ActionCancelled>().SelectMany(c => Cancelled(c.Entry, c.Event, [.. acts[c.Event.ActionId]])),
            .. history.Acts.SelectMany(a => Asked(a, history))];
    }

    private static IEnumerable<Fault> Begun(
        string id, List<(Entry Entry, ActionBegan Event)> began, List<LongAct> acts, History history)
    {
        foreach (var handle in began.Select(b => b.Event.Handle).Distinct().Where(h => !acts.Exists(a => a.Handle == h)))
            yield return new(FaultKind.Blind, $"the journal says that {id} goes on as {handle}, and there is no such act");

        var over = history.Entries.FirstOrDefault(e => e.Sequence > began[^1].Entry.Sequence && IsEnd(e.Event, id));
        if (over is null)
            yield return new(FaultKind.Lost, $"{id} had begun, and the journal has no end of it");
        if (over?.Event is ActionSucceeded or ActionUndone && !acts.Exists(a => a.DoneAt <= over.At))
            yield return new(FaultKind.Blind, $"the journal says that {id} was done, and it was not");
    }

    private static bool IsEnd(Event happened, string id) => happened switch
    {
        ActionSucceeded e => e.ActionId == id,
        ActionFailed { Kind: Core.Actions.FailureKind.Permanent } e => e.ActionId == id,
        ActionCancelled e => e.ActionId == id,
        ActionInDoubt e => e.ActionId == id,
        ActionUndone e => e.ActionId + Undone == id,
        UndoFailed e => e.ActionId + Undone == id,
        _ => false,
    };

    private static IEnumerable<Fault> Cancelled(Entry entry, ActionCancelled cancelled, List<LongAct> acts)
    {
        if (!acts.Exists(a => a.CancelledAt <= entry.At || a.DoneAt <= entry.At))
            yield return new(FaultKind.Blind, $"the journal says that {cancelled.ActionId} was cancelled, and it goes on");
    }

    /// <summary>Each push and each cancelling was intended before.</summary>
    private static IEnumerable<Fault> Asked(LongAct act, History history)
    {
        var pushes = history.Of<PushIntended>().Where(p => p.Event.ActionId == act.ActionId).Select(p => (p.Entry.At, p.Event.NotAfter));
        var cancels =
            history.Of<CancelIntended>().Where(c => c.Event.ActionId == act.ActionId).Select(c => (c.Entry.At, c.Event.NotAfter));
        return [.. Unintended("pushed", act, act.Pushes, [.. pushes]), .. Unintended("cancelled", act, act.Cancels, [.. cancels])];
    }

    private static IEnumerable<Fault> Unintended(
        string what, LongAct act, IReadOnlyList<Asked> asked, List<(DateTimeOffset At, DateTimeOffset NotAfter)> intents) =>
        from a in asked
        where !intents.Exists(i => i.At <= a.At && a.At <= i.NotAfter + LongestCall)
        select new Fault(
            FaultKind.Doubled, $"{act.ActionId} was {what} at {a.At:HH:mm:ss.fff} without an intent, before it or long after its deadline");
}
