using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Remediator.Core.Alerts;

namespace Remediator.Journal.Format;

/// <summary>Alerts, labels and heads as text in the store. The names are ours: they stay when a C# name changes.</summary>
internal static partial class StoredJson
{
    public static string Labels(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(labels, Context.Relaxed.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string> ParseLabels(string text) =>
        JsonSerializer.Deserialize(text, Context.Relaxed.IReadOnlyDictionaryStringString)!;

    public static string Heads(IReadOnlyList<CheckpointHead> heads) =>
        JsonSerializer.Serialize(heads, Context.Relaxed.IReadOnlyListCheckpointHead);

    /// <summary>Empty where the text is not what was written: the checkpoint's hash will not match then.</summary>
    public static IReadOnlyList<CheckpointHead> TryParseHeads(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Context.Relaxed.IReadOnlyListCheckpointHead) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static string Alert(Alert alert) => JsonSerializer.Serialize(new AlertText
    {
        Name = alert.Name,
        Resolved = alert.Status is AlertStatus.Resolved,
        Labels = alert.Labels,
        Annotations = alert.Annotations,
        StartsAt = alert.StartsAt,
        EndsAt = alert.EndsAt,
        Fingerprint = alert.Fingerprint,
        GeneratorUrl = alert.GeneratorUrl,
        Source = alert.Source
    }, Context.Relaxed.AlertText);

    public static Alert ParseAlert(string text)
    {
        var stored = JsonSerializer.Deserialize(text, Context.Relaxed.AlertText)!;
        return new Alert
        {
            Name = stored.Name,
            Status = stored.Resolved ? AlertStatus.Resolved : AlertStatus.Firing,
            Labels = stored.Labels,
            Annotations = stored.Annotations,
            StartsAt = stored.StartsAt,
            EndsAt = stored.EndsAt,
            Fingerprint = stored.Fingerprint,
            GeneratorUrl = stored.GeneratorUrl,
            Source = stored.Source
        };
    }

    internal sealed record AlertText
    {
        [JsonPropertyName("name")] public required string Name { get; init; }
        [JsonPropertyName("resolved")] public required bool Resolved { get; init; }
        [JsonPropertyName("labels")] public required IReadOnlyDictionary<string, string> Labels { get; init; }
        [JsonPropertyName("annotations")] public required IReadOnlyDictionary<string, string> Annotations { get; init; }
        [JsonPropertyName("startsAt")] public required DateTimeOffset StartsAt { get; init; }
        [JsonPropertyName("endsAt")] public DateTimeOffset? EndsAt { get; init; }
        [JsonPropertyName("fingerprint")] public required string Fingerprint { get; init; }
        [JsonPropertyName("generatorUrl")] public string? GeneratorUrl { get; init; }
        [JsonPropertyName("source")] public string? Source { get; init; }
    }

    [JsonSerializable(typeof(AlertText))]
    [JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
    [JsonSerializable(typeof(IReadOnlyList<CheckpointHead>))]
    private sealed partial class Context : JsonSerializerContext
    {
        public static readonly Context Relaxed = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
