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

        return DateTimeOffset.TryParse(Read(annotation)?.At, CultureInfo.InvariantCulture, out var at) ? at : DateTimeOffset.MaxValue;
    }

    /// <summary>Limits that were raised and have not been put back; none where the annotation cannot be read.</summary>
    public static IReadOnlyList<MemoryRaise> InForce(string? annotation) =>
        annotation is not null && Read(annotation) is { UndoneAt: null, Raised: { } raised } ? raised : [];

    private static MemoryRaiseRecord? Read(string annotation)
    {
        try
        {
            return JsonSerializer.Deserialize<MemoryRaiseRecord>(annotation, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
