namespace Remediator.Core.Facts;

/// <summary>What is true now, as published by the watches. Doubt means hold.</summary>
public interface IFactViews
{
    /// <summary>The newest view: resources only; active alerts are added by who decides.</summary>
    ViewStatus Current { get; }

    /// <summary>Completes when a view newer than the given version is published.</summary>
    Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken);
}

public enum ViewState
{
    /// <summary>There is no cluster to look at; every act is refused and says so.</summary>
    NotConfigured,
    /// <summary>The first lists are not complete.</summary>
    Loading,
    Ready,
}

/// <param name="FreshAt">The time up to which every watch is known to be complete: the oldest of them.</param>
/// <param name="Problem">Which watch has stalled and why; empty when all is well.</param>
public sealed record ViewStatus(ViewState State, FactView View, DateTimeOffset FreshAt, string Problem)
{
    /// <summary>
    /// Where there is no cluster, there is nothing to be mistaken about. A view from the future is none: the clock was set back.
    /// </summary>
    public bool CanBeTrusted(DateTimeOffset now, TimeSpan maxAge) =>
        State is ViewState.NotConfigured || (State is ViewState.Ready && (now - FreshAt).Duration() <= maxAge);
}
