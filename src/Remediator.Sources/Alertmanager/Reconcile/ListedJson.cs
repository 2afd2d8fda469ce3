using System.Text.Json.Serialization;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Alertmanager.Reconcile;

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
    public ListedAlert? ToListed(string receiver)
    {
        var alert = new WebhookAlert { Status = "firing", Labels = Labels, Annotations = Annotations, StartsAt = StartsAt, Fingerprint = Fingerprint, GeneratorUrl = GeneratorUrl };
        return alert.Fault() is null
            ? new(alert.ToAlert(), Receivers?.Any(r => r.Name == receiver) ?? false, Status?.State is "suppressed")
            : null;
    }
}

internal sealed record ReceiverJson(string? Name);

internal sealed record StatusJson(string? State);

/// <summary>The part of <c>GET /api/v2/status</c> that counts.</summary>
/// <param name="Uptime">The time of its start, whatever its name says.</param>
internal sealed record ServerJson(DateTimeOffset Uptime);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ListedJson>))]
[JsonSerializable(typeof(ServerJson))]
internal sealed partial class ListJson : JsonSerializerContext;
