namespace Remediator.Core.Pages;

/// <summary>Keeps the user's own Alertmanager from paging for one alert; not there where none is configured.</summary>
public interface IPageSilences
{
    /// <summary>Whether the source of an alert is a group of Alertmanagers that can be asked.</summary>
    bool CanHold(string? source);

    /// <summary>Finds the silence of this hold where there is one already, else makes it; one that ends too soon is extended.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="Actions.ActionFailedException">
    /// With <see cref="Actions.FailureKind.Unknown"/> where there may be one all the same.
    /// </exception>
    Task<string> HoldAsync(PageHold hold, CancellationToken cancellationToken);

    /// <summary>Ends every silence of this hold that is in force.</summary>
    /// <returns>The id of one that it has ended; null where none was found.</returns>
    /// <exception cref="Actions.ActionFailedException">One may still stand.</exception>
    Task<string?> ReleaseAsync(PageHold hold, CancellationToken cancellationToken);
}

/// <summary>One alert instance that nobody is to be paged for.</summary>
/// <param name="Fingerprint">The alert's id, which says whose it is.</param>
/// <param name="Labels">All of the alert's own; each is matched as it is, so that nothing wider is silenced.</param>
/// <param name="SilenceId">Where it is known.</param>
public sealed record PageHold(
    string IncidentId, string Fingerprint, IReadOnlyDictionary<string, string> Labels, DateTimeOffset Until, string Comment,
    string? SilenceId)
{
    /// <summary>What Alertmanager is to be told.</summary>
    public Silence AsSilence(DateTimeOffset now) =>
        new(
            "",
            Silence.Ours,
            Comment,
            now,
            Until,
            [.. Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new SilenceMatcher(l.Key, l.Value, false, true))]);

    /// <summary>Whether the engine has made it for this hold: after a crash there may be one that the journal does not know.</summary>
    public bool IsHeldBy(Silence silence) =>
        silence.CreatedBy == Silence.Ours
        && silence.Comment.Contains(IncidentId, StringComparison.Ordinal)
        && silence.Matchers.Count == Labels.Count
        && silence.Matchers.All(
            m => m is { IsEqual: true, IsRegex: false } && Labels.TryGetValue(m.Name, out var value) && value == m.Value);
}
