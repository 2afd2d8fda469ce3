using Remediator.Core.Events;


namespace Remediator.Crash.Tests.Histories;

/// <summary>What must be true of every history, however often and wherever the server was killed in it. Pure.</summary>
internal static class HistoryChecks
{
    public static IReadOnlyList<Fault> Faults(History history)
    {
        var acts = ActRecord.Of(history);
        return [
            .. LossChecks.Missing(history), .. LossChecks.Outcomes(acts), .. DoublingChecks.Faults(history, acts),
            .. DoubtChecks.Faults(history, acts), .. UndoChecks.Faults(history), .. LongActChecks.Faults(history),
            .. MoveChecks.Faults(history), .. Rest(history)];
    }

    private static IEnumerable<Fault> Rest(History history)
    {
        foreach (var fault in history.Remains.Faults)
            yield return new(FaultKind.Broken, $"the journal does not verify: {fault}");
        foreach (var stream in history.Entries.GroupBy(e => e.Resource))
        {
            if (!stream.Select(e => e.Version).SequenceEqual(Enumerable.Range(1, stream.Count()).Select(v => (long)v)))
                yield return new(FaultKind.Broken, $"the versions of {stream.Key} are not 1 to {stream.Count()} in order");
        }

        if (history.Remains.InboxWaiting > 0)
            yield return new(FaultKind.Lost, $"{history.Remains.InboxWaiting} alerts are still in the inbox");
        foreach (var letter in history.Remains.DeadLetters)
            yield return new(FaultKind.Lost, $"a dead letter: {letter}");
        foreach (var permit in history.Remains.Permits)
            yield return new(FaultKind.Broken, $"a permit was never released: {permit}");
    }
}

/// <summary>One act of the journal, under its id, with the effects that the target counted for it.</summary>
internal sealed record ActRecord(
    string Id, IReadOnlyList<(Entry Entry, ActionIntended Event)> Intents, IReadOnlyList<Entry> After,
    IReadOnlyList<Testing.Kubernetes.Effect> Effects)
{
    public static IReadOnlyList<ActRecord> Of(History history) =>
    [
        .. from intent in history.Of<ActionIntended>()
           group intent by intent.Event.ActionId into act
           let intents = act.ToList()
           select new ActRecord(
               act.Key,
               intents,
               [.. history.Entries.Where(e => e.Sequence > intents[0].Entry.Sequence && e.Incident == intents[0].Entry.Incident)],
               [.. history.Effects.Where(e => e.ActionId is null ? IsOf(e, intents) : e.ActionId == act.Key)])
    ];

    /// <summary>An eviction marks nothing; the uid that was planned for tells whose it is.</summary>
    private static bool IsOf(Testing.Kubernetes.Effect effect, IReadOnlyList<(Entry Entry, ActionIntended Event)> intents) =>
        intents.Any(i => i.Event.Plan.Preconditions.GetValueOrDefault("uid") == effect.Uid
            && i.Event.Use.EndsWith($"{effect.Act}-pod", StringComparison.Ordinal));

    public IEnumerable<T> Of<T>()
        where T : Event => After.Select(e => e.Event).OfType<T>();
}
