using System.Text.Json.Serialization;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Alertmanager.Pages;

/// <summary>The body of <c>POST /api/v2/silences</c> (Alertmanager's OpenAPI: postableSilence).</summary>
internal sealed record PostableSilence(
    IReadOnlyList<MatcherJson> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Comment)
{
    /// <summary>Of one that is there and is to end later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    public static PostableSilence Of(Silence silence) =>
        new(
            [.. silence.Matchers.Select(m => new MatcherJson(m.Name, m.Value, m.IsRegex, m.IsEqual))],
            silence.StartsAt,
            silence.EndsAt,
            silence.CreatedBy,
            silence.Comment)
        {
            Id = silence.Id.Length > 0 ? silence.Id : null,
        };
}

internal sealed record PostedSilence([property: JsonPropertyName("silenceID")] string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PostableSilence))]
[JsonSerializable(typeof(PostedSilence))]
internal sealed partial class OwnSilencesJson : JsonSerializerContext;
