using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;

namespace Remediator.EndToEnd.Harness;

/// <summary>An incident as the journal has it now.</summary>
internal sealed record Story(IncidentRow Incident, IReadOnlyList<JournalEvent> Entries)
{
    private readonly IReadOnlyList<Event> _events = [.. Entries.Select(e => EventCodec.Read(e.Type, e.Schema, e.Payload))];

    public IReadOnlyList<T> All<T>()
        where T : Event => [.. _events.OfType<T>()];

    public bool Has<T>(Func<T, bool>? which = null)
        where T : Event => _events.OfType<T>().Any(which ?? (_ => true));

    /// <summary>What was to be done, in order: each once, however often it was tried.</summary>
    public IEnumerable<string> Acts => All<ActionIntended>().DistinctBy(a => a.ActionId).Select(a => a.Use);

    /// <summary>Where the first such entry stands in the whole journal.</summary>
    public long SequenceOf<T>()
        where T : Event => Entries.First(e => e.Type == EventCodec.NameOf(typeof(T))).Sequence;

    /// <summary>When the first such entry was written.</summary>
    public DateTimeOffset AtOf<T>()
        where T : Event => Entries.First(e => e.Type == EventCodec.NameOf(typeof(T))).At;

    /// <summary>The same with their times, a line each: what is long is cut, but never a reason.</summary>
    public string Timed => string.Join(
        "\n",
        Entries.Select(e => $"{e.Sequence} {e.At:HH:mm:ss.fff} {e.Resource.Display} {e.Type} {Shown(e)}"));

    private static string Shown(JournalEvent e) =>
        e.Payload.Length > 300 && EventCodec.Read(e.Type, e.Schema, e.Payload) is AlertObserved or Decided or RunStarted
            ? e.Payload[..300]
            : e.Payload;

    /// <summary>In one line: the kinds of its entries, in order.</summary>
    public string Outline => string.Join(" ", Entries.Select(e => e.Type));

    /// <summary>Newest last; empty where the store is not there yet.</summary>
    public static IReadOnlyList<Story> Read(string dataFolder, string space)
    {
        var audit = new JournalAudit(dataFolder);
        return [.. audit.Incidents(new() { Limit = 1000 })
            .Where(i => i.Resource.Namespace == space)
            .Select(i => audit.Incident(i.Id) is IncidentLookup.Found found ? new Story(found.Incident, found.Events) : null)
            .OfType<Story>()
            .OrderBy(s => s.Incident.OpenedAt)];
    }
}
