namespace Remediator.Journal.Reading;

internal static class EventColumns
{
    /// <summary>The columns of an event under the names of <see cref="Chain.StoredEvent"/>.</summary>
    public const string All =
        "sequence AS Sequence, resource AS Resource, version AS Version, event_id AS EventId, incident_id AS IncidentId, type AS Type, schema AS Schema, "
        + "at AS At, actor AS Actor, trace_id AS TraceId, payload AS Payload, previous_hash AS PreviousHash, hash AS Hash";

    /// <summary>With parameters <c>after</c>, <c>since</c> and <c>limit</c>. Names of types are ours; they stand in the text, since no way to pass a list works with both engines.</summary>
    public static string OfTypes(IReadOnlyList<string> types) =>
        $"SELECT {All} FROM event WHERE sequence > @after AND type IN ({string.Join(", ", types.Select(Quoted))}) AND at >= @since ORDER BY sequence LIMIT @limit";

    private static string Quoted(string type) =>
        type.All(c => char.IsAsciiLetterLower(c) || c is '-') ? $"'{type}'" : throw new ArgumentException($"'{type}' is no type of event.", nameof(type));
}
