using Remediator.Core.Journal;

namespace Remediator.Core.Events;

/// <summary>An event with where and when it belongs.</summary>
public sealed record Happened(Event Event, string? IncidentId, DateTimeOffset At, string TraceId, string Actor)
{
    /// <summary>Who acts when no person does.</summary>
    public const string Engine = "engine";

    public NewEvent ToNewEvent() => new(EventCodec.NameOf(Event), EventCodec.Schema, EventCodec.Write(Event), IncidentId, Actor, TraceId);

    /// <exception cref="UnknownEventException">Written by a newer program.</exception>
    public static Happened Read(JournalEvent stored) =>
        new(EventCodec.Read(stored.Type, stored.Schema, stored.Payload), stored.IncidentId, stored.At, stored.TraceId, stored.Actor);
}
