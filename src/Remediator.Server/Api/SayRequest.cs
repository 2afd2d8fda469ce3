using System.Text.Json;

namespace Remediator.Server.Api;

/// <summary>What a person says. Who it is comes from the credential.</summary>
/// <param name="Word">What they choose, where there is a choice.</param>
/// <param name="Actor">Refused whatever it says: once it was taken for the name of who speaks.</param>
internal sealed record SayRequest(string? Reason, string? Word = null, JsonElement? Actor = null)
{
    private const int LongestReason = 1000;

    public string? Fault() => this switch
    {
        { Actor: not null } => "'actor' is not taken from the body: the journal names the principal of the credential. Leave "
            + "it out; for another name use a token of that name.",
        { Reason.Length: > LongestReason } => $"'reason' is longer than {LongestReason} characters.",
        _ => null,
    };
}
