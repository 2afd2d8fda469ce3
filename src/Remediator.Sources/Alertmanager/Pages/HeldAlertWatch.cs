using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Pages;

/// <summary>
/// Where this process leads, and while a silence of ours stands: the webhook says neither that such an alert ended nor that it fires again, so
/// it is read from the lists, every few seconds. The comparison of all lists would find it too, minutes later.
/// </summary>
internal sealed partial class HeldAlertWatch : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly AlertmanagerLists _lists;
    private readonly SilenceWatch _silences;
    private readonly IJournal _journal;
    private readonly IInbox _inbox;
    private readonly ILeader _leader;
    private readonly AlertmanagerSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Reconciliation _last = Reconciliation.None;

    public HeldAlertWatch(
        AlertmanagerLists lists, SilenceWatch silences, IJournal journal, IInbox inbox, ILeader leader, IOptions<AlertmanagerSourceOptions> options, TimeProvider time,
        IMeterFactory meters, ILogger<HeldAlertWatch> logger)
    {
        (_lists, _silences, _journal, _inbox, _leader, _options, _time, _logger) = (lists, silences, journal, inbox, leader, options.Value, time, logger);
        meters.Create("Remediator.Sources").CreateObservableGauge("remediator.pages.held", () => _silences.Ours.Count, "{page}", "Alerts for which nobody is paged now, because they are being repaired.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(await LookAsync(stoppingToken), _time, stoppingToken);
        }
    }

    /// <returns>When to look again.</returns>
    internal async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        var (held, every) = (Held(), _options.ReconcileEvery < Often ? _options.ReconcileEvery : Often);
        if (!_leader.Leads || held.Count == 0)
        {
            _last = Reconciliation.None;
            return Idle;
        }

        try
        {
            _last = await RoundAsync(held, every, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(_logger, e.Message);
        }

        return every;
    }

    /// <summary>A silence of ours matches every label of one alert, and so has its fingerprint.</summary>
    private HashSet<string> Held() =>
        [.. _silences.Ours.Select(s => LabelFingerprint.Of(s.Matchers.DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => m.Value)))];

    private async Task<Reconciliation> RoundAsync(HashSet<string> held, TimeSpan every, CancellationToken cancellationToken)
    {
        var known = (await _journal.AlertChangesAsync(0, cancellationToken)).Firing.Where(k => held.Contains(k.Fingerprint)).ToList();
        var readings = (await Task.WhenAll(_options.Urls.Select(url => ReadAsync(url, held, cancellationToken)))).OfType<AlertmanagerReading>().ToList();
        var now = _time.GetUtcNow();
        var next = _last.Next(readings, known, now, every, Reconciliation.InformedAfter * _options.ReconcileEvery);
        if (next.Tell.Count > 0)
        {
            var trace = ActivityTraceId.CreateRandom().ToHexString();
            await _inbox.AddAsync([.. next.Tell.Select(alert => new InboxEntry(alert, Reconciliation.Source, trace, now))], cancellationToken);
            Log.Told(_logger, next.Tell.Count, trace);
        }

        return next;
    }

    private async Task<AlertmanagerReading?> ReadAsync(string url, HashSet<string> held, CancellationToken cancellationToken)
    {
        try
        {
            var reading = await _lists.ReadAsync(url, _silences.OurIds, cancellationToken);
            return reading with { Alerts = [.. reading.Alerts.Where(a => held.Contains(a.Alert.Fingerprint))] };
        }
        catch (HttpRequestException)
        {
            // the comparison of the lists says so
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "Told the inbox {Count} alerts that our own silences keep the webhook from telling, trace {traceid}")]
        public static partial void Told(ILogger logger, int count, string traceid);

        [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "Whether alerts that are silenced while they are repaired still fire could not be read; again soon: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
