using System.Text.RegularExpressions;

namespace Remediator.Sources.Alertmanager.Lists;

/// <summary>
/// Reads what Alertmanagers list as firing, silenced and inhibited alerts among it, and their silences. Every failure is an
/// <see cref="HttpRequestException"/>: one cannot be reached, or its answer is not what Alertmanager answers; the message names it.
/// </summary>
internal sealed class AlertmanagerLists(AlertmanagerClient client)
{
    private const string States = "active=true&silenced=true&inhibited=true&unprocessed=true";

    /// <summary>An address that is longer is refused by many; then everything is read.</summary>
    private const int LongestQuery = 4000;

    private readonly MatcherCache _matchers = new();

    /// <summary>Those that are routed to our receiver.</summary>
    /// <param name="ours">Ids of the silences that the engine has made.</param>
    public Task<AlertmanagerReading> ForUsAsync(AlertmanagerReplica at, IReadOnlySet<string> ours, CancellationToken cancellationToken) =>
        ReadAsync(at, $"receiver={Uri.EscapeDataString(OfReceiver(at.Group.Receiver))}", ours, cancellationToken);

    /// <summary>Those of these names, whoever they are routed to.</summary>
    /// <param name="ours">Ids of the silences that the engine has made.</param>
    public Task<AlertmanagerReading> NamedAsync(
        AlertmanagerReplica at, IEnumerable<string> names, IReadOnlySet<string> ours, CancellationToken cancellationToken) =>
        ReadAsync(at, OfNames(names), ours, cancellationToken);

    public async Task<SilenceList> SilencesAsync(AlertmanagerReplica at, CancellationToken cancellationToken)
    {
        var all = await client.GetAsync(at, "api/v2/silences", SilencesJson.Default.IReadOnlyListSilenceJson, cancellationToken);
        return new(
            [.. all.Where(s => !s.IsOver).Select(s => s.ToSilence(_matchers))],
            [.. all.Where(s => s.IsOver).Select(s => s.ToSilence(_matchers))]);
    }

    /// <summary>How long ago it was started, by its own clock.</summary>
    public async Task<TimeSpan> UpForAsync(AlertmanagerReplica at, CancellationToken cancellationToken)
    {
        var (status, date) = await client.GetWithDateAsync(at, "api/v2/status", ListJson.Default.ServerJson, cancellationToken);
        return date - status.Uptime ?? TimeSpan.Zero;
    }

    /// <summary>The text of its configuration, without its secrets.</summary>
    public async Task<string> ConfigurationAsync(AlertmanagerReplica at, CancellationToken cancellationToken) =>
        (await client.GetAsync(at, "api/v2/status", ListJson.Default.ServerJson, cancellationToken)).Config?.Original
            ?? throw new HttpRequestException($"{at.Url}: its status has no configuration.");

    private async Task<AlertmanagerReading> ReadAsync(
        AlertmanagerReplica at, string filter, IReadOnlySet<string> ours, CancellationToken cancellationToken)
    {
        var upFor = await UpForAsync(at, cancellationToken);
        var alerts =
            await client.GetAsync(at, $"api/v2/alerts?{States}&{filter}", ListJson.Default.IReadOnlyListListedJson, cancellationToken);
        return new(upFor, [.. alerts.Select(a => a.ToListed(at.Group, ours)).OfType<ListedAlert>()]);
    }

    /// <summary>Alertmanager matches it against the whole name, which prometheus-operator begins with a namespace and a name.</summary>
    private static string OfReceiver(string name) => name.Contains('/') ? Regex.Escape(name) : $"([^/]+/[^/]+/)?{Regex.Escape(name)}";

    /// <summary>A matcher as Alertmanager reads it, with its text in quotes.</summary>
    private static string OfNames(IEnumerable<string> names)
    {
        var pattern = string.Join('|', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Regex.Escape));
        var quoted = pattern.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        var query = $"filter={Uri.EscapeDataString($"alertname=~\"{quoted}\"")}";
        return query.Length <= LongestQuery ? query : "";
    }
}
