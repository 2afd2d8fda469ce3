namespace Remediator.Core.Events;

/// <summary>With the intent of a step: people are not to be paged for these alerts while it goes on.</summary>
/// <param name="Alerts">Ids of alerts.</param>
/// <param name="Because">What speaks for the playbook, in words.</param>
public sealed record PageHoldIntended(string ActionId, IReadOnlyList<string> Alerts, DateTimeOffset Until, string Because) : Event;

/// <summary>The step is an act that goes on for longer than its call: its page is held for as long as that may take.</summary>
public sealed record PageHoldExtended(string ActionId, DateTimeOffset Until, string Because) : Event;

/// <summary>Alertmanager pages nobody for this alert; the silence ends by itself, whatever becomes of the engine.</summary>
public sealed record PageHeld(string Fingerprint, string Alert, string Silence, DateTimeOffset Until) : Event;

/// <summary>The policy would let the page be held, and it is not: people are paged as ever.</summary>
/// <param name="Fingerprint">Null where it is so for all alerts of the incident.</param>
/// <param name="MayStand">Alertmanager did not answer, so that there may be a silence all the same; it is looked for and removed.</param>
public sealed record PageNotHeld(string? Fingerprint, string? Alert, string Reason, bool MayStand = false) : Event;

/// <param name="Silence">Null where none was found.</param>
public sealed record PageReleased(string Fingerprint, string Alert, string? Silence, string Why) : Event;

/// <summary>The silence could not be removed; tried again until it ends by itself. Written when the reason changes.</summary>
public sealed record PageReleaseFailed(string Fingerprint, string Alert, string Reason) : Event;
