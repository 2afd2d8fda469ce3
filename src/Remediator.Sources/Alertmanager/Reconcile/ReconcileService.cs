using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>Where this process leads, at once and then in rounds: compares what Alertmanagers list with what the store takes for firing, and puts the difference into the inbox.</summary>
internal sealed partial class ReconcileService : BackgroundService
{
    /// <summary>How often to see whether this replica leads.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly AlertmanagerLists _lists;
    private readonly SilenceWatch _silences;
    private readonly IJournal _journal;
    private readonly IInbox _inbox;
    private readonly ILeader _leader;
    private readonly AlertmanagerSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _told;
    private readonly HashSet<string> _away = new(StringComparer.Ordinal);
    private Reconciliation _last = Reconciliation.None;

    public ReconcileService(
        AlertmanagerLists lists, SilenceWatch silences, IJournal journal, IInbox inbox, ILeader leader, IOptions<AlertmanagerSourceOptions> options, TimeProvider time,
        IMeterFactory meters, ILogger<ReconcileService> logger)
    {
        (_lists, _silences, _journal, _inbox, _leader, _options, _time, _logger) = (lists, silences, journal, inbox, leader, options.Value, time, logger);
        var meter = meters.Create("Remediator.Sources");
        _rounds = meter.CreateCounter<long>("remediator.reconcile.rounds", "{round}", "Comparisons with Alertmanager's lists, by whether one could be read.");
        _told = meter.CreateCounter<long>("remediator.reconcile.alerts", "{alert}", "Alerts that the lists had and the webhook had not told, or the other way round, by status.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (!_leader.Leads)
            {
                _last = Reconciliation.None;
                await Task.Delay(Look, _time, stoppingToken);
                continue;
            }

            try
            {
                _last = await RoundAsync(_last, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(_logger, e.Message);
                _rounds.Add(1, new TagList { { "result", "failed" } });
            }

            await Task.Delay(_options.ReconcileEvery, _time, stoppingToken);
        }
    }

    /// <summary>The store is read first: what changes meanwhile then looks like no difference, or goes within a round.</summary>
    private async Task<Reconciliation> RoundAsync(Reconciliation last, CancellationToken cancellationToken)
    {
        var known = (await _journal.AlertChangesAsync(0, cancellationToken)).Firing;
        var readings = (await Task.WhenAll(_options.Urls.Select(url => ReadAsync(url, cancellationToken)))).OfType<AlertmanagerReading>().ToList();
        var now = _time.GetUtcNow();
        var next = last.Next(readings, known, now, _options.ReconcileEvery);
        // what the webhook does not take is not taken from the list either; the webhook has made a dead letter of it
        var tell = next.Tell.Where(alert => AlertLimits.Broken(alert, now) is null).Select(AlertLimits.Cut).ToList();
        if (tell.Count > 0)
        {
            var trace = ActivityTraceId.CreateRandom().ToHexString();
            await _inbox.AddAsync([.. tell.Select(alert => new InboxEntry(alert, Reconciliation.Source, trace, now))], cancellationToken);
            foreach (var status in tell.GroupBy(a => a.Status))
                _told.Add(status.Count(), new TagList { { "status", status.Key is AlertStatus.Firing ? "firing" : "resolved" } });
            Log.Told(_logger, tell.Count, trace);
        }

        _rounds.Add(1, new TagList { { "result", readings.Count > 0 ? "read" : "failed" } });
        return next;
    }

    private async Task<AlertmanagerReading?> ReadAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            var reading = await _lists.ReadAsync(url, _silences.OurIds, cancellationToken);
            if (Change(url, away: false))
                Log.Back(_logger, url);
            return reading;
        }
        catch (HttpRequestException e)
        {
            if (Change(url, away: true))
                Log.Away(_logger, e.Message);
            return null;
        }
    }

    private bool Change(string url, bool away)
    {
        lock (_away)
        {
            return away ? _away.Add(url) : _away.Remove(url);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Alertmanager's list of alerts cannot be read, so that what the webhook misses is not healed: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "Alertmanager's list of alerts at {Url} can be read again")]
        public static partial void Back(ILogger logger, string url);

        [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "Told the inbox {Count} alerts that Alertmanager's list and the webhook do not agree on, trace {traceid}")]
        public static partial void Told(ILogger logger, int count, string traceid);

        [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "What Alertmanager lists could not be compared: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
