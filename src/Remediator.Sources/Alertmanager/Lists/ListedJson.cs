using System.Text.Json.Serialization;
using Remediator.Core.Alerts;
using Remediator.Sources.Webhook;

namespace Remediator.Sources.Alertmanager.Lists;

/// <summary>An element of <c>GET /api/v2/alerts</c>, which has no resolved ones (Alertmanager's OpenAPI: gettableAlert).</summary>
internal sealed record ListedJson(
    Dictionary<string, string>? Labels,
    Dictionary<string, string>? Annotations,
    DateTimeOffset StartsAt,
    string? Fingerprint,
    [property: JsonPropertyName("generatorURL")] string? GeneratorUrl,
    IReadOnlyList<ReceiverJson>? Receivers,
    StatusJson? Status)
{
    /// <returns>Null where it is no alert that the webhook would take either.</returns>
    /// <param name="ours">Ids of the silences that the engine has made.</param>
    public ListedAlert? ToListed(AlertmanagerGroup group, IReadOnlySet<string> ours)
    {
        var alert = new WebhookAlert {
            Status = "firing",
            Labels = Labels,
            Annotations = Annotations,
            StartsAt = StartsAt,
            Fingerprint = Fingerprint,
            GeneratorUrl = GeneratorUrl };
        return alert.Fault() is null
            ? new(
                alert.ToAlert() with { Source = group.Source },
                Receivers?.Any(r => group.IsOurs(r.Name)) ?? false,
                Status?.IsMuted(ours) ?? false)
            : null;
    }
}

internal sealed record ReceiverJson(string? Name);

internal sealed record StatusJson(string? State, IReadOnlyList<string>? SilencedBy, IReadOnlyList<string>? InhibitedBy)
{
    /// <summary>What the engine itself silences while it repairs is active, and it wants to hear of it.</summary>
    public bool IsMuted(IReadOnlySet<string> ours) =>
        State is "suppressed" && (InhibitedBy is { Count: > 0 } || SilencedBy is not { Count: > 0 } || !SilencedBy.All(ours.Contains));
}

/// <summary>The part of <c>GET /api/v2/status</c> that is used.</summary>
/// <param name="Uptime">The time of its start, whatever its name says.</param>
internal sealed record ServerJson(DateTimeOffset Uptime, ConfigJson? Config);

internal sealed record ConfigJson(string? Original);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ListedJson>))]
[JsonSerializable(typeof(ServerJson))]
internal sealed partial class ListJson : JsonSerializerContext;
