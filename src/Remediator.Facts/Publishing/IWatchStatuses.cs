using Remediator.Facts.Watching;

namespace Remediator.Facts.Publishing;

/// <summary>The state of every watch, for the readiness check and for people. Empty where there is no cluster.</summary>
public interface IWatchStatuses
{
    IReadOnlyList<WatchStatus> Watches { get; }
}
