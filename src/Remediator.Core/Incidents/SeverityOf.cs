namespace Remediator.Core.Incidents;

/// <summary>How urgent what people are told is, where nobody has said: as urgent as what told us.</summary>
internal static class SeverityOf
{
    private const string Label = "severity";

    /// <summary>From the most urgent to the least, with the words that other shops use.</summary>
    private static readonly string[] Order =
        ["critical", "page", "error", "high", "major", "warning", "medium", "minor", "info", "low", "none"];

    /// <summary>The most urgent of the firing alerts; where none says any, <paramref name="otherwise"/>.</summary>
    public static string Alerts(Incident incident, string otherwise = "critical") =>
        (incident.IsFiring ? incident.Alerts.Values.Where(a => a.Firing) : incident.Alerts.Values)
            .Select(a => a.Own.GetValueOrDefault(Label, ""))
            .Where(s => s.Length > 0)
            .OrderBy(s => Array.IndexOf(Order, s.ToLowerInvariant()) is var at && at < 0 ? Order.Length : at)
            .ThenBy(s => s, StringComparer.Ordinal)
            .FirstOrDefault(otherwise);
}
