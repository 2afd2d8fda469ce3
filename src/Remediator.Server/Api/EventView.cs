using System.Text.Json;
using Remediator.Core.Journal;

namespace Remediator.Server.Api;

/// <summary>An entry of the journal for scripts; the payload is what is stored, as JSON.</summary>
internal sealed record EventView(
    long Sequence, string Resource, long Version, string EventId, string Type, int Schema, DateTimeOffset At, string Actor, string TraceId,
    JsonElement Payload, string PreviousHash, string Hash)
{
    public static EventView Of(JournalEvent e) => new(
        e.Sequence, e.Resource.ToString(), e.Version, e.EventId, e.Type, e.Schema, e.At, e.Actor, e.TraceId, JsonElement.Parse(e.Payload),
        e.PreviousHash, e.Hash);
}
