using System.Text.Json;
using Remediator.Core.Events;
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
        if (head.Resource.Kind == EngineKind)
            return true;
        try
        {
            return !(ResourceState.Stream.Read(head) ?? ResourceState.Stream.Fold(head, [])).HasNothingOpen();
        }
        catch (Exception e) when (e is JsonException or UnreadableStreamException)
        {
            return true;
        }
    }
}
