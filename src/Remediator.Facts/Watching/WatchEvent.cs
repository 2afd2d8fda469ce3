using System.Buffers;
using System.Net;
using System.Text.Json;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

internal enum WatchEventType { Set, Removed, Bookmark }

/// <summary>One line of a watch.</summary>
internal readonly record struct WatchEvent<T>(WatchEventType Type, T Object)
    where T : class, IKubeObject
{
    /// <exception cref="JsonException">The line is no event of this kind.</exception>
    /// <exception cref="ApiFailureException">The server ends the watch and says why.</exception>
    public static WatchEvent<T> Parse(ReadOnlySequence<byte> line)
    {
        var (type, value) = Split(line);
        return type switch
        {
            "ADDED" or "MODIFIED" => new(WatchEventType.Set, Read(value)),
            "DELETED" => new(WatchEventType.Removed, Read(value)),
            "BOOKMARK" => new(WatchEventType.Bookmark, Read(value)),
            "ERROR" => throw Failure(value),
            _ => throw new JsonException($"A watch does not know events of type '{type}'."),
        };
    }

    private static (string? Type, ReadOnlySequence<byte> Object) Split(ReadOnlySequence<byte> line)
    {
        string? type = null;
        ReadOnlySequence<byte> value = default;
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            throw new JsonException("A line of the watch is no object.");

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            var start = reader.TokenStartIndex;
            if (isType)
                type = reader.GetString();
            reader.Skip();
            if (isObject)
                value = line.Slice(start, reader.BytesConsumed - start);
        }

        if (value.IsEmpty)
            throw new JsonException("A line of the watch has no object.");

        return (type, value);
    }

    private static T Read(ReadOnlySequence<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        var read = JsonSerializer.Deserialize<T>(ref reader, KubeJson.Options) ?? throw new JsonException("An event's object is null.");
        return read.Metadata.ResourceVersion.Length > 0 ? read : throw new JsonException("An event's object has no resourceVersion.");
    }

    private static ApiFailureException Failure(ReadOnlySequence<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        var status = JsonSerializer.Deserialize<ServerStatus>(ref reader, KubeJson.Options) ?? new();
        return new(status.Reason is "Expired" or "Gone" ? HttpStatusCode.Gone : (HttpStatusCode)status.Code, status.Message);
    }
}
