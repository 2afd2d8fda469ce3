using System.Text.Json;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Journal;

namespace Remediator.Grains.Calls;

/// <summary>Inbox rows of one resource, with what the pump found out about them.</summary>
internal sealed record Delivery(
    IReadOnlyList<long> Rows, IReadOnlyList<IncomingAlert> Alerts, IReadOnlyList<ActiveAlert> Active, IReadOnlyList<string> Gone);

internal sealed record Approval(string IncidentId, string Actor, string Reason, string TraceId);

/// <param name="Again">When to wake it the next time.</param>
internal sealed record Woken(DateTimeOffset Again);

internal static class Messages
{
    public static string Write<T>(T message) => JsonSerializer.Serialize(message, EventCodec.Json);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, EventCodec.Json)!;
}
