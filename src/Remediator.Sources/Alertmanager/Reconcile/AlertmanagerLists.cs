using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Safety;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>Reads what Alertmanagers list as firing, silenced and inhibited alerts among it, and their silences.</summary>
internal sealed class AlertmanagerLists(AlertmanagerClient client, IOptions<AlertmanagerSourceOptions> options)
{
    /// <param name="ours">Ids of the silences that the engine has made.</param>
    /// <exception cref="HttpRequestException">It cannot be reached, or its answer is not what Alertmanager answers; the message names it.</exception>
    public async Task<AlertmanagerReading> ReadAsync(string url, IReadOnlySet<string> ours, CancellationToken cancellationToken)
    {
        var status = await client.GetAsync(url, "api/v2/status", ListJson.Default.ServerJson, cancellationToken);
        var alerts = await client.GetAsync(url, "api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", ListJson.Default.IReadOnlyListListedJson, cancellationToken);
        return new AlertmanagerReading(status.Uptime, [.. alerts.Select(a => a.ToListed(options.Value.Receiver, ours)).OfType<ListedAlert>()]);
    }

    /// <summary>Those that stand or are to come.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or its answer is not what Alertmanager answers; the message names it.</exception>
    public async Task<IReadOnlyList<Silence>> SilencesAsync(string url, CancellationToken cancellationToken) =>
        [.. (await client.GetAsync(url, "api/v2/silences", SilencesJson.Default.IReadOnlyListSilenceJson, cancellationToken)).Where(s => !s.IsOver).Select(s => s.ToSilence())];
}
