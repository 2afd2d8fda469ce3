using System.Text.Json.Serialization;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Webhook;

/// <summary>One element of <c>alerts</c>, as Alertmanager writes it.</summary>
internal sealed class WebhookAlert
{
    public string? Status { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
    public Dictionary<string, string>? Annotations { get; init; }
    public DateTimeOffset StartsAt { get; init; }
    public DateTimeOffset EndsAt { get; init; }

    [JsonPropertyName("generatorURL")]
    public string? GeneratorUrl { get; init; }

    public string? Fingerprint { get; init; }

    /// <returns>What is wrong, or null.</returns>
    public string? Fault() => this switch
    {
        { Labels: null } => "it has no 'labels'",
        _ when string.IsNullOrEmpty(Labels.GetValueOrDefault("alertname")) => "its labels have no 'alertname'",
        { Status: not ("firing" or "resolved") } => $"its status is '{Status}'; expected 'firing' or 'resolved'",
        _ when Labels.ContainsValue(null!) => "one of its labels is null",
        _ when Annotations?.ContainsValue(null!) is true => "one of its annotations is null",
        _ when StartsAt == default => "it has no 'startsAt'",
        _ => null,
    };

    public Alert ToAlert() => new()
    {
        Name = Labels!["alertname"],
        Status = Status is "firing" ? AlertStatus.Firing : AlertStatus.Resolved,
        Labels = Labels,
        Annotations = Annotations ?? [],
        StartsAt = StartsAt,
        EndsAt = EndsAt == default ? null : EndsAt,
        Fingerprint = string.IsNullOrEmpty(Fingerprint) || AlertSource.Of(Fingerprint) is not null
            ? LabelFingerprint.Of(Labels)
            : Fingerprint,
        GeneratorUrl = GeneratorUrl,
    };
}

// of a label that is there twice nobody can tell which one is meant
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WebhookAlert))]
internal sealed partial class WebhookJson : JsonSerializerContext;
