using Orleans.Storage;
using Remediator.Core.Events;
using Remediator.Core.Journal;

namespace Remediator.Grains.Calls;

/// <summary>What a call to a grain that failed means.</summary>
internal static class Failure
{
    /// <summary>
    /// True where a store, a silo or a moment is away, or only a newer version knows the resource's events: trying again may help. Anything
    /// else comes of what the grain was given or of what it knows, and comes again.
    /// </summary>
    public static bool IsOfTheMoment(Exception e) =>
        e is InconsistentStateException
            or OrleansException
            or TimeoutException
            or StoreUnavailableException
            or UnreadableStreamException
            or OperationCanceledException;
}
