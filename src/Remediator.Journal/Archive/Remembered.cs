using System.Text.Json;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Journal.Archive;

/// <summary>Whether anything is lost when a stream begins anew. Where that cannot be told, it is.</summary>
internal static class Remembered
{
    private const string EngineKind = "engine";

    /// <summary>A stream without one, such as that of the archive itself, has no state beside its events.</summary>
    public static bool HasDocument(ResourceHead head) => head is { Document: not null, DocumentSchema: > 0 };

    public static bool IsWorth(ResourceHead head)
    {
        if (head.Resource.Kind == EngineKind || head.DocumentSchema != ResourceState.Schema || head.Document is not { } document)
            return true;
        try
        {
            return JsonSerializer.Deserialize<ResourceState>(document, EventCodec.Json) is not { } state || !state.HasNothingOpen();
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
