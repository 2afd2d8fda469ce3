using Remediator.Core.Events;


namespace Remediator.Crash.Tests.Histories;

/// <summary>Nothing is done twice: one effect for an act, one act for a rung, and none that the journal did not intend before.</summary>
internal static class DoublingChecks
{
    /// <summary>A call may begin until the act's deadline, and last as long as the client waits.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    public static IEnumerable<Fault> Faults(History history, IReadOnlyList<ActRecord> acts) =>
        [.. Effects(history, acts), .. Rungs(acts), .. Alerts(history), .. Incidents(history)];

    private static IEnumerable<Fault> Effects(History history, IReadOnlyList<ActRecord> acts)
    {
        foreach (var act in acts.Where(a => a.Effects.Count > 1))
            yield return new(
                FaultKind.Doubled,
                $"action {act.Id} had {act.Effects.Count} effects: "
                    + $"{string.Join(", ", act.Effects.Select(e => $"{e.Act} {e.Namespace}/{e.Name} at {e.At:HH:mm:ss.fff}"))}");

        foreach (var effect in history.Effects.Where(e => !UndoChecks.IsUndo(e)))
        {
            var what = $"{effect.Act} {effect.Namespace}/{effect.Name} at {effect.At:HH:mm:ss.fff}";
            var of = acts.Where(a => a.Effects.Contains(effect)).ToList();
            if (of.Count == 0)
                yield return new(FaultKind.Doubled, $"the target counts {what}, and the journal intended nothing of the kind");
            else if (of.Count > 1)
                yield return new(FaultKind.Doubled, $"{what} was intended by {string.Join(" and ", of.Select(a => a.Id))}");
            else if (!of[0].Intents.Any(i => i.Entry.At <= effect.At && effect.At <= i.Event.NotAfter + LongestCall))
                yield return new(FaultKind.Doubled, $"{what} came before its intent or long after its deadline");
        }
    }

    /// <summary>The act of a rung keeps its id, so that a second id for one rung is a second act.</summary>
    private static IEnumerable<Fault> Rungs(IEnumerable<ActRecord> acts) =>
        from act in acts
        let runAndStep = act.Id.LastIndexOf('-')
        group act by (Run: act.Id[..runAndStep], act.Intents[0].Event.Step) into rung
        where rung.Count() > 1 || rung.Any(a => a.Intents.Any(i => i.Event.Step != a.Intents[0].Event.Step))
        select new Fault(
            FaultKind.Doubled, $"step {rung.Key.Step} of run {rung.Key.Run} has the actions {string.Join(", ", rung.Select(a => a.Id))}");

    /// <summary>Where its resource was not seen at first, its alert is news once more when the resource is: with further labels.</summary>
    private static IEnumerable<Fault> Alerts(History history) =>
        from observed in history.Of<AlertObserved>()
        group observed by (observed.Event.Alert.Fingerprint, observed.Event.Alert.StartsAt, observed.Entry.Resource) into same
        where !same.Zip(same.Skip(1)).All(two => IsRicher(two.Second.Event.Labels, two.First.Event.Labels))
        select new Fault(
            FaultKind.Doubled,
            $"the alert {same.Key.Fingerprint} that began at {same.Key.StartsAt:HH:mm:ss.fff} is {same.Count()} times news "
                + $"to {same.Key.Resource.Display}");

    private static bool IsRicher(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> before) =>
        labels.Count > before.Count && before.Keys.All(labels.ContainsKey);

    private static IEnumerable<Fault> Incidents(History history)
    {
        var open = new Dictionary<(string Resource, string Problem), string>();
        foreach (var entry in history.Entries.Where(e => e.Incident is not null))
        {
            var resource = entry.Resource.ToString();
            switch (entry.Event)
            {
                case IncidentOpened opened when open.TryGetValue((resource, opened.Problem), out var other):
                    yield return new(
                        FaultKind.Doubled,
                        $"{opened.Problem} of {entry.Resource.Display} has two open incidents, {other} and {entry.Incident}");
                    break;
                case IncidentOpened opened:
                    open[(resource, opened.Problem)] = entry.Incident!;
                    break;
                case ProblemChanged changed:
                    open.Remove((resource, changed.From));
                    open[(resource, changed.To)] = entry.Incident!;
                    break;
                case IncidentClosed:
                    foreach (var key in open.Where(o => o.Value == entry.Incident).Select(o => o.Key).ToList())
                        open.Remove(key);
                    break;
            }
        }
    }
}
