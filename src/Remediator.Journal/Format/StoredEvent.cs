using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Format;

/// <summary>An event with its columns exactly as they are stored.</summary>
public sealed record StoredEvent
{
    public required long Sequence { get; init; }
    public required string Resource { get; init; }
    public required long Version { get; init; }
    public required string EventId { get; init; }
    public string? IncidentId { get; init; }
    public required string Type { get; init; }
    public required long Schema { get; init; }
    public required string At { get; init; }
    public required string Actor { get; init; }
    public required string TraceId { get; init; }
    public required string Payload { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }

    internal JournalEvent ToJournalEvent() => new()
    {
        Sequence = Sequence,
        Resource = ResourceKey.Parse(Resource),
        Version = Version,
        EventId = EventId,
        IncidentId = IncidentId,
        Type = Type,
        Schema = checked((int)Schema),
        At = StoredTime.Parse(At),
        Actor = Actor,
        TraceId = TraceId,
        Payload = Payload,
        PreviousHash = PreviousHash,
        Hash = Hash
    };
}
