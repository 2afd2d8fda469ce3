using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Sources.Webhook;

namespace Remediator.Sources.Alertmanager.Pages;

/// <summary>
/// Where this process leads, and while a silence of ours is in force: the webhook says neither that such an alert ended nor that it fires
/// again, so it is read from the lists of its group, every few seconds. The comparison of all lists would find it too, minutes later.
/// </summary>
internal sealed partial class HeldAlertWatch : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly GroupLists _lists;
    private readonly SilenceWatch _silences;
    private readonly IJournal _journal;
    private readonly IInbox _inbox;
    private readonly ILeader _leader;
    private readonly AlertmanagerSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<Held> _held;

    public HeldAlertWatch(
        GroupLists lists, SilenceWatch silences, IJournal journal, IInbox inbox, ILeader leader, IOptions<AlertmanagerGroups> groups,
        IOptions<AlertmanagerSourceOptions> options,
        TimeProvider time, IMeterFactory meters, ILogger<HeldAlertWatch> logger)
    {
        (_lists, _silences, _journal, _inbox, _leader, _options, _time, _logger) =
            (lists, silences, journal, inbox, leader, options.Value, time, logger);
        _held = [.. groups.Value.All.Where(g => g.Urls.Count > 0).Select(g => new Held(g))];
        meters.Create("Remediator.Sources").CreateObservableGauge("remediator.pages.held", () =>
            _silences.OursEverywhere, "{page}", "Alerts for which nobody is paged now, because they are being repaired.");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_held.Select(async held =>
    {
        while (true)
        {
            await Task.Delay(await CheckAsync(held, stoppingToken), _time, stoppingToken);
        }
    }));

    internal Task CheckAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_held.Select(held => CheckAsync(held, cancellationToken)));

    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> CheckAsync(Held held, CancellationToken cancellationToken)
    {
        var (alerts, every) = (Alerts(held.Group), _options.ReconcileEvery < Often ? _options.ReconcileEvery : Often);
        if (!_leader.Leads || alerts.Count == 0)
        {
            held.Last = Reconciliation.None;
            return Idle;
        }

        try
        {
            held.Last = await RoundAsync(held, alerts, every, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Failed(_logger, held.Group.Source, e.Message);
        }

        return every;
    }

    /// <summary>Names by fingerprint. A silence of ours matches every label of one alert, and so has its fingerprint.</summary>
    private Dictionary<string, string> Alerts(AlertmanagerGroup group) => _silences.Ours(group.Source)
        .Select(s => s.Matchers.DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => m.Value))
        .DistinctBy(LabelFingerprint.Of)
        .ToDictionary(LabelFingerprint.Of, labels => labels.GetValueOrDefault("alertname", ""));

    private async Task<Reconciliation> RoundAsync(
        Held held, Dictionary<string, string> alerts, TimeSpan every, CancellationToken cancellationToken)
    {
        var group = held.Group;
        var known = await _journal.ActiveAsync([.. alerts.Keys.Select(f => AlertSource.IdOf(f, group.Source))], cancellationToken);
        var readings = (await _lists.NamedAsync(group, [.. alerts.Values], cancellationToken))
            .Select(reading => reading with { Alerts = [.. reading.Alerts.Where(a => alerts.ContainsKey(a.Alert.Fingerprint))] });
        var now = _time.GetUtcNow();
        var next = held.Last.Next([.. readings], known, now, every, Reconciliation.InformedAfter * _options.ReconcileEvery);
        if (next.Tell.Count > 0)
        {
            var trace = ActivityTraceId.CreateRandom().ToHexString();
            await _inbox.AddAsync([.. next.Tell.Select(alert => new InboxEntry(alert, Reconciliation.Way, trace, now))], cancellationToken);
            Log.Told(_logger, next.Tell.Count, group.Source, trace);
        }

        return next;
    }

    private sealed class Held(AlertmanagerGroup group)
    {
        public AlertmanagerGroup Group => group;

        public Reconciliation Last { get; set; } = Reconciliation.None;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1301,
            Level = LogLevel.Information,
            Message = "Alerts put into the inbox because our own silences keep the webhook of {Source} from reporting them: {Count}, "
                + "trace {traceid}")]
        public static partial void Told(ILogger logger, int count, string source, string traceid);

        [LoggerMessage(
            EventId = 1302,
            Level = LogLevel.Warning,
            Message = "It could not be read whether alerts of {Source} that are silenced during a repair are still firing; "
                + "trying again soon: {Reason}")]
        public static partial void Failed(ILogger logger, string source, string reason);
    }
}
