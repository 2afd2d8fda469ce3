using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Core.Incidents;

/// <summary>
/// How large the document of one resource may become through the alerts that it is sent. It is written with every decision. Each incident
/// has bounds of its own; this one is over all of them together. What the engine itself writes down of open incidents is never refused.
/// </summary>
public static class DocumentLimit
{
    /// <summary>Characters of the document as it is stored. That of a usual incident has some ten thousand.</summary>
    public const int Characters = 2 * 1024 * 1024;

    /// <summary>A full resource has room again below this.</summary>
    public const int RoomAgain = Characters / 4 * 3;

    /// <param name="before">Without the alerts.</param>
    /// <param name="received">What the alerts are turned into.</param>
    /// <param name="characters">Of the document with them and all that follows from them.</param>
    /// <returns>Why the alerts are not taken; null where they are.</returns>
    public static string? Refuses(ResourceKey resource, ResourceState before, IReadOnlyList<Happened> received, int characters) =>
        characters > Characters
            && received.Any(h => h.Event is AlertObserved)
            && ResourceState.Stream.Write(before.Apply(received)).Length > ResourceState.Stream.Write(before).Length
            ? $"there is no room for it at {resource.Display}: with it, what is kept of the resource's open incidents would have "
                + $"{characters} characters, and at most {Characters} are kept of one resource. Close incidents there, or have its alert "
                + "rules make fewer alerts or shorter labels; then put this back with 'remediator retry'"
            : null;
}

/// <summary>A resource has no room for further alerts, so they are not taken; nothing was written.</summary>
public sealed class ResourceFullException(string message) : Exception(message);
