using System.Globalization;
using System.Text.Json;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

/// <summary>What the annotation keeps of a raise, for people and for the next time.</summary>
internal sealed record MemoryRaiseRecord(
    string At, string ActionId, string Incident, IReadOnlyList<MemoryRaise> Raised, string? UndoneAt = null)
{
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>When the limit was raised last; the far future where the annotation cannot be read, as doubt means no.</summary>
    public static DateTimeOffset LastRaised(string? annotation)
    {
        if (annotation is null)
            return DateTimeOffset.MinValue;

        try
        {
            return DateTimeOffset.TryParse(
                JsonSerializer.Deserialize<MemoryRaiseRecord>(annotation, JsonSerializerOptions.Web)?.At, CultureInfo.InvariantCulture,
                out var at)
                ? at
                : DateTimeOffset.MaxValue;
        }
        catch (JsonException)
        {
            return DateTimeOffset.MaxValue;
        }
    }
}
