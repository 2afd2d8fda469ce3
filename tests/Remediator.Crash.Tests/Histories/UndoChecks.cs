using Remediator.Core.Events;
using Remediator.Testing.Kubernetes;

namespace Remediator.Crash.Tests.Histories;

/// <summary>
/// What is taken back is taken back once, after the journal intended it, only after it was done, and the journal knows what came of it.
/// </summary>
internal static class UndoChecks
{
    private const string Mark = "-undone";

    /// <summary>A call may begin until its deadline, and last as long as the client waits.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    public static bool IsUndo(Effect effect) => effect.ActionId?.EndsWith(Mark, StringComparison.Ordinal) == true;

    public static IEnumerable<Fault> Faults(History history)
    {
        var intents = history.Of<UndoIntended>().ToLookup(u => u.Event.ActionId);
        var effects = history.Effects.Where(IsUndo).ToLookup(e => e.ActionId![..^Mark.Length]);
        return [
            .. Decided(history),
            .. effects.SelectMany(e => Effects(e.Key, [.. e], [.. intents[e.Key]], history)),
            .. intents.SelectMany(i => Outcome(i.Key, [.. i], [.. effects[i.Key]], history))];
    }

    /// <summary>What did not help and is to be taken back is intended to be, before anything else is.</summary>
    private static IEnumerable<Fault> Decided(History history) =>
        from decided in history.Of<VerificationFailed>()
        where decided.Event.Undo
        let next = history.Entries.FirstOrDefault(e => e.Sequence > decided.Entry.Sequence
            && e.Incident == decided.Entry.Incident
            && e.Event is UndoIntended or ActionIntended or RunEnded or IncidentClosed)
        where next?.Event is not UndoIntended
        select new Fault(
            FaultKind.Lost,
            $"step {decided.Event.Step} of incident {decided.Entry.Incident} was to be taken back, and that was never intended");

    private static IEnumerable<Fault> Effects(
        string action, List<Effect> effects, List<(Entry Entry, UndoIntended Event)> intents, History history)
    {
        if (effects.Count > 1)
            yield return new(FaultKind.Doubled, $"action {action} was taken back {effects.Count} times");
        foreach (var effect in effects)
        {
            if (!intents.Exists(i => i.Entry.At <= effect.At && effect.At <= i.Event.NotAfter + LongestCall))
                yield return new(
                    FaultKind.Doubled,
                    $"action {action} was taken back at {effect.At:HH:mm:ss.fff} without an intent, before it or long after its deadline");
            if (!history.Effects.Any(e => e.ActionId == action && e.At <= effect.At))
                yield return new(FaultKind.Blind, $"action {action} was taken back, and had not had its effect");
        }
    }

    private static IEnumerable<Fault> Outcome(
        string action, List<(Entry Entry, UndoIntended Event)> intents, List<Effect> effects, History history)
    {
        var last = intents[^1].Entry;
        var over = history.Entries.FirstOrDefault(e => e.Sequence > last.Sequence && e.Event switch
        {
            ActionUndone u => u.ActionId == action,
            UndoFailed f => f.ActionId == action,
            _ => false,
        });
        if (over is null)
            yield return new(FaultKind.Lost, $"action {action} was to be taken back, and the journal has no outcome of it");
        if (over?.Event is ActionUndone && !effects.Exists(e => e.At <= over.At))
            yield return new(FaultKind.Blind, $"the journal says that action {action} was taken back, and the target counts nothing");
        if (history.Entries.Any(e => e.Incident == last.Incident
            && e.Sequence > intents[0].Entry.Sequence
            && e.Sequence < (over?.Sequence ?? long.MaxValue)
            && e.Event is ActionIntended))
            yield return new(FaultKind.Blind, $"something was done while nobody knew whether action {action} was taken back");
    }
}
