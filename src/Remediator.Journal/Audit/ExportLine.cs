using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Remediator.Journal.Format;

namespace Remediator.Journal.Audit;

/// <summary>
/// One line of an export. Each line has exactly one text: it is read, written again and compared byte by byte, so that no change of a
/// byte can hide in white space, escapes or the order of members.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "line")]
[JsonDerivedType(typeof(Header), "header")]
[JsonDerivedType(typeof(Stub), "stub")]
[JsonDerivedType(typeof(Event), "event")]
[JsonDerivedType(typeof(Checkpoint), "checkpoint")]
[JsonDerivedType(typeof(End), "end")]
internal abstract record ExportLine
{
    public const string Format = "remediator-journal/2";

    /// <summary>Without snapshots.</summary>
    public const string FormerFormat = "remediator-journal/1";

    /// <summary>Null where the bytes are not exactly what would be written for what they say.</summary>
    public static ExportLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(line, ExportJson.Strict.ExportLine);
            return parsed is not null && line.SequenceEqual(parsed.ToBytes()) ? parsed : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ExportJson.Strict.ExportLine);

    internal sealed record Header(
        [property: JsonPropertyName("format")] string FormatName,
        [property: JsonPropertyName("key")] string? Key) : ExportLine;

    /// <summary>Where the entries before the first one here are.</summary>
    internal sealed record Stub : ExportLine
    {
        [JsonPropertyName("id")] public required long Id { get; init; }
        [JsonPropertyName("sequence")] public required long Sequence { get; init; }
        [JsonPropertyName("entries")] public required long Entries { get; init; }
        [JsonPropertyName("checkpoint_id")] public required long CheckpointId { get; init; }
        [JsonPropertyName("checkpoint_hash")] public required string CheckpointHash { get; init; }
        [JsonPropertyName("at")] public required string At { get; init; }
        [JsonPropertyName("file")] public required string File { get; init; }
        [JsonPropertyName("file_hash")] public required string FileHash { get; init; }
        [JsonPropertyName("heads")] public required IReadOnlyList<CheckpointHead> Heads { get; init; }
        [
            JsonPropertyName("snapshots"),
            JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<CheckpointHead>? Snapshots { get; init; }
        [JsonPropertyName("key")] public required string Key { get; init; }
        [JsonPropertyName("hash")] public required string Hash { get; init; }
        [JsonPropertyName("signature")] public required string Signature { get; init; }

        public static Stub Of(StoredStub s) => new()
        {
            Id = s.Id, Sequence = s.Sequence, Entries = s.Entries, CheckpointId = s.CheckpointId, CheckpointHash = s.CheckpointHash,
            At = s.At,
            File = s.File, FileHash = s.FileHash, Heads = s.Heads, Snapshots = s.Snapshots, Key = s.Key, Hash = s.Hash,
            Signature = s.Signature
        };

        public StoredStub ToStored() => new()
        {
            Id = Id, Sequence = Sequence, Entries = Entries, CheckpointId = CheckpointId, CheckpointHash = CheckpointHash, At = At,
            File = File, FileHash = FileHash, Heads = Heads, Snapshots = Snapshots, Key = Key, Hash = Hash, Signature = Signature
        };
    }

    internal sealed record Event : ExportLine
    {
        [JsonPropertyName("sequence")] public required long Sequence { get; init; }
        [JsonPropertyName("resource")] public required string Resource { get; init; }
        [JsonPropertyName("version")] public required long Version { get; init; }
        [JsonPropertyName("event_id")] public required string EventId { get; init; }
        [JsonPropertyName("incident_id")] public required string? IncidentId { get; init; }
        [JsonPropertyName("type")] public required string Type { get; init; }
        [JsonPropertyName("schema")] public required long Schema { get; init; }
        [JsonPropertyName("at")] public required string At { get; init; }
        [JsonPropertyName("actor")] public required string Actor { get; init; }
        [JsonPropertyName("trace_id")] public required string TraceId { get; init; }
        [JsonPropertyName("payload")] public required string Payload { get; init; }
        [JsonPropertyName("previous_hash")] public required string PreviousHash { get; init; }
        [JsonPropertyName("hash")] public required string Hash { get; init; }

        public static Event Of(StoredEvent e) => new()
        {
            Sequence = e.Sequence, Resource = e.Resource, Version = e.Version, EventId = e.EventId, IncidentId = e.IncidentId,
            Type = e.Type,
            Schema = e.Schema, At = e.At, Actor = e.Actor, TraceId = e.TraceId, Payload = e.Payload, PreviousHash = e.PreviousHash,
            Hash = e.Hash
        };

        public StoredEvent ToStored() => new()
        {
            Sequence = Sequence, Resource = Resource, Version = Version, EventId = EventId, IncidentId = IncidentId, Type = Type,
            Schema = Schema, At = At, Actor = Actor, TraceId = TraceId, Payload = Payload, PreviousHash = PreviousHash, Hash = Hash
        };
    }

    internal sealed record Checkpoint : ExportLine
    {
        [JsonPropertyName("id")] public required long Id { get; init; }
        [JsonPropertyName("sequence")] public required long Sequence { get; init; }
        [JsonPropertyName("entries")] public required long Entries { get; init; }
        [JsonPropertyName("at")] public required string At { get; init; }
        [JsonPropertyName("heads")] public required IReadOnlyList<CheckpointHead> Heads { get; init; }
        [JsonPropertyName("key")] public required string Key { get; init; }
        [JsonPropertyName("previous_hash")] public required string PreviousHash { get; init; }
        [JsonPropertyName("hash")] public required string Hash { get; init; }
        [JsonPropertyName("signature")] public required string Signature { get; init; }

        public static Checkpoint Of(StoredCheckpoint c) => new()
        {
            Id = c.Id, Sequence = c.Sequence, Entries = c.Entries, At = c.At, Heads = c.Heads, Key = c.Key,
            PreviousHash = c.PreviousHash, Hash = c.Hash, Signature = c.Signature
        };

        public StoredCheckpoint ToStored() => new()
        {
            Id = Id, Sequence = Sequence, Entries = Entries, At = At, Heads = Heads, Key = Key,
            PreviousHash = PreviousHash, Hash = Hash, Signature = Signature
        };
    }

    /// <summary>Shows that the export was not cut off on its way; it proves nothing more.</summary>
    internal sealed record End(
        [property: JsonPropertyName("entries")] long Entries,
        [property: JsonPropertyName("checkpoints")] long Checkpoints) : ExportLine;
}

[JsonSerializable(typeof(ExportLine))]
internal sealed partial class ExportJson : JsonSerializerContext
{
    public static readonly ExportJson Strict = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true
    });
}
