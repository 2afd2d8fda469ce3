namespace Remediator.Core.Alerts;

/// <summary>
/// Sources that say every few hours what still fires, and cannot be asked for it: once they have not said so for long, an alert is over.
/// Others tell once for each change, so that their silence means nothing; and a group that can be asked is asked.
/// </summary>
public sealed record RepeatingSources(IReadOnlyCollection<string> Names);

/// <summary>
/// The names of those who say that alerts fire. What one says is no news of the alerts of another, even where the labels are the same.
/// </summary>
public static class AlertSource
{
    /// <summary>Whoever posts to the path without a group: nobody lists its alerts, and nothing is known of it.</summary>
    public const string Unlisted = "alertmanager";

    /// <summary>Grafana's own alerting, which no list can be asked of.</summary>
    public const string Grafana = "grafana";

    private const char Separator = '@';

    /// <summary>A group of Alertmanagers that are replicas of one another.</summary>
    public static string OfGroup(string group) => $"{Unlisted}/{group}";

    /// <summary>A bare fingerprint where the source is not known: so every alert was identified before sources were written down.</summary>
    public static string IdOf(string fingerprint, string? source) => source is null ? fingerprint : $"{fingerprint}{Separator}{source}";

    /// <returns>Null where the id is of an alert whose source is not known.</returns>
    public static string? Of(string id) => id.LastIndexOf(Separator) is > 0 and var at ? id[(at + 1)..] : null;

    public static string FingerprintOf(string id, string? source) => source is null ? id : id[..^(source.Length + 1)];
}
