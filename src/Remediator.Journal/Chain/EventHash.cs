using Remediator.Journal.Format;

namespace Remediator.Journal.Chain;

/// <summary>
/// The link of a resource's chain: SHA-256, in lower-case hexadecimal, over these fields in this order:
/// the text <c>event/1</c>, previous_hash, sequence, resource, version, event_id, incident_id, type, schema, at, actor, trace_id, payload.
/// Each field is its length in bytes as 4 bytes, big-endian, and then its bytes. A text is its UTF-8 as stored; a number is 8 bytes,
/// big-endian, two's complement; NULL is the length FF FF FF FF and no bytes. The previous hash of a resource's first event is 64 zeros.
/// </summary>
public static class EventHash
{
    public const string Layout = "event/1";

    /// <summary>What the first event of a resource, and the first checkpoint, follow on.</summary>
    public static readonly string None = new('0', 64);

    public static string Compute(StoredEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var fields = new HashFields(Layout);
        fields.Add(e.PreviousHash);
        fields.Add(e.Sequence);
        fields.Add(e.Resource);
        fields.Add(e.Version);
        fields.Add(e.EventId);
        fields.Add(e.IncidentId);
        fields.Add(e.Type);
        fields.Add(e.Schema);
        fields.Add(e.At);
        fields.Add(e.Actor);
        fields.Add(e.TraceId);
        fields.Add(e.Payload);
        return fields.ToHash();
    }
}
