using Remediator.Core.Alerts;
using Remediator.Core.Events;

namespace Remediator.Crash.Tests.Histories;

/// <summary>
/// Nothing is lost: every alert that was taken in is in the journal, every incident ends, people hear of theirs, every act has an outcome.
/// </summary>
internal static class LossChecks
{
    /// <summary>What may still come while the server runs; once it has settled, nothing of it is missing.</summary>
    public static IEnumerable<Fault> Missing(History history) => [.. Alerts(history), .. Incidents(history)];

    private static IEnumerable<Fault> Alerts(History history)
    {
        var known = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var observed = history.Of<AlertObserved>().Select(o => (o.Event.Alert.Fingerprint, o.Event.Alert.StartsAt));
        // an alert whose beginning and end came together is in the journal by its end alone, which names it by its id
        var cleared = history.Of<AlertCleared>().Select(
            c => (AlertSource.FingerprintOf(c.Event.Fingerprint, AlertSource.Of(c.Event.Fingerprint)), c.Event.StartsAt));
        foreach (var (fingerprint, startsAt) in observed.Concat(cleared))
            known[fingerprint] = known.TryGetValue(fingerprint, out var before) && before > startsAt ? before : startsAt;

        return from accepted in history.Accepted.DistinctBy(a => (a.Fingerprint, a.StartsAt))
               where !known.TryGetValue(accepted.Fingerprint, out var newest) || newest < accepted.StartsAt
               select new Fault(
                   FaultKind.Lost,
                   $"the alert of {accepted.About} that began at {accepted.StartsAt:HH:mm:ss.fff} was answered with 200 and "
                       + $"is not in the journal");
    }

    private static IEnumerable<Fault> Incidents(History history)
    {
        var entries = history.Entries.ToLookup(e => e.Incident);
        foreach (var (opened, _) in history.Of<IncidentOpened>())
        {
            var events = entries[opened.Incident].Select(e => e.Event).ToList();
            var closed = events.OfType<IncidentClosed>().Any();
            var escalated = events.OfType<Escalated>().Any();
            var name = $"incident {opened.Incident} of {opened.Resource.Display}";
            if (!closed && !escalated)
                yield return new(
                    FaultKind.Lost, $"{name} is neither closed nor with people; its last entry is {EventCodec.NameOf(events[^1])}");
            if (escalated && !history.Heard.Any(h => h.Incident == opened.Incident && !h.Closing))
                yield return new(FaultKind.Lost, $"{name} was handed to people, and they were not told");
            if (escalated && closed && !history.Heard.Any(h => h.Incident == opened.Incident && h.Closing))
                yield return new(FaultKind.Lost, $"{name} was with people and is closed, and they were not told that it is over");
        }
    }

    public static IEnumerable<Fault> Outcomes(IEnumerable<ActRecord> acts) =>
        from act in acts
        where !act.After.Any(e => e.Event switch
        {
            ActionSucceeded s => s.ActionId == act.Id,
            ActionFailed f => f.ActionId == act.Id,
            ActionProbed p => p.ActionId == act.Id,
            ActionCancelled c => c.ActionId == act.Id,
            ActionInDoubt d => d.ActionId == act.Id,
            _ => false,
        })
        select new Fault(FaultKind.Lost, $"action {act.Id} was intended, and the journal has no outcome of it");
}
