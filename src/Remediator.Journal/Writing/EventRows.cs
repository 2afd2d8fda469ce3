using Remediator.Core.Journal;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>New events of one stream as rows: each takes the next sequence of the journal and follows on the stream's last one.</summary>
internal static class EventRows
{
    /// <returns>The stream's head after them.</returns>
    public static Head Append(Image image, string resource, Head head, IEnumerable<NewEvent> events, DateTimeOffset at)
    {
        foreach (var added in events)
        {
            var e = Stored(++image.Sequence, resource, head, added, at);
            image.Changes.Put(
                Table.Event, e.Sequence, e.Resource, e.Version, e.EventId, e.IncidentId, e.Type, e.Schema, e.At, e.Actor, e.TraceId,
                e.Payload, e.PreviousHash, e.Hash);
            head = new Head(e.Version, e.Hash);
        }

        return head;
    }

    private static StoredEvent Stored(long sequence, string resource, Head head, NewEvent added, DateTimeOffset at)
    {
        var stored = new StoredEvent
        {
            Sequence = sequence,
            Resource = resource,
            Version = head.Version + 1,
            EventId = Guid.CreateVersion7(at).ToString(),
            IncidentId = added.IncidentId is { } incident ? StoredText.Of(incident) : null,
            Type = added.Type,
            Schema = added.Schema,
            At = StoredTime.Text(at),
            Actor = StoredText.Of(added.Actor),
            TraceId = StoredText.Of(added.TraceId),
            Payload = StoredText.Of(added.Payload),
            PreviousHash = head.Hash,
            Hash = ""
        };
        return stored with { Hash = EventHash.Compute(stored) };
    }
}
