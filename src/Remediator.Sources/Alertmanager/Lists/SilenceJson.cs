using System.Text.Json.Serialization;
using Remediator.Core.Pages;

namespace Remediator.Sources.Alertmanager.Lists;

/// <summary>The silences of one Alertmanager.</summary>
/// <param name="Standing">Those that stand or are to come.</param>
/// <param name="Over">Those that are over, which are listed for some days.</param>
internal sealed record SilenceList(IReadOnlyList<Silence> Standing, IReadOnlyList<Silence> Over);

/// <summary>
/// An element of <c>GET /api/v2/silences</c>; those that are over are listed for some days (Alertmanager's OpenAPI: gettableSilence).
/// </summary>
internal sealed record SilenceJson(
    string? Id, string? CreatedBy, string? Comment, DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<MatcherJson>? Matchers,
    SilenceStatusJson? Status)
{
    public bool IsOver => Status?.State == "expired";

    public Silence ToSilence(MatcherCache matchers) =>
        new(Id ?? "", CreatedBy ?? "", Comment ?? "", StartsAt, EndsAt, [.. (Matchers ?? []).Select(matchers.Of)]);
}

/// <param name="IsEqual">Servers before 0.22 have none, and mean true.</param>
internal sealed record MatcherJson(string? Name, string? Value, bool IsRegex, bool? IsEqual);

internal sealed record SilenceStatusJson(string? State);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<SilenceJson>))]
internal sealed partial class SilencesJson : JsonSerializerContext;
