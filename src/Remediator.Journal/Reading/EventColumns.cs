namespace Remediator.Journal.Reading;

internal static class EventColumns
{
    /// <summary>The columns of an event under the names of <see cref="Chain.StoredEvent"/>.</summary>
    public const string All =
        "sequence AS Sequence, resource AS Resource, version AS Version, event_id AS EventId, incident_id AS IncidentId, type AS Type, schema AS Schema, "
        + "at AS At, actor AS Actor, trace_id AS TraceId, payload AS Payload, previous_hash AS PreviousHash, hash AS Hash";
}
