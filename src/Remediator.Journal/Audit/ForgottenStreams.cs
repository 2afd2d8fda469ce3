using System.Text.Json;
using Remediator.Core.Events;
using Remediator.Core.Resources;
using Remediator.Journal.Format;

namespace Remediator.Journal.Audit;

/// <summary>The chains that an entry ends, where it is one of the archive's stream that says so.</summary>
internal static class ForgottenStreams
{
    public static IReadOnlyList<ForgottenStream> Of(StoredEvent e)
    {
        if (e.Type != Forgotten.Type
            || !ResourceKey.TryParse(e.Resource, out var key)
            || key is not { Kind: ResourceKinds.Engine, Name: "archive" })
            return [];
        try
        {
            return JsonSerializer.Deserialize<Forgotten>(e.Payload, EventCodec.Json)?.Streams ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
