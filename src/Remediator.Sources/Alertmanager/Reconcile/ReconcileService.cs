using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>
/// Where this process leads, at once and then in rounds, each group of Alertmanagers by itself: compares what it lists with what the store
/// takes for firing of its alerts, and puts the difference into the inbox.
/// </summary>
internal sealed partial class ReconcileService : BackgroundService
{
    /// <summary>How often to see whether this replica leads.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly GroupLists _lists;
    private readonly IJournal _journal;
    private readonly IInbox _inbox;
    private readonly ILeader _leader;
    private readonly AlertmanagerGroups _groups;
    private readonly TimeSpan _every;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _told;

    public ReconcileService(
        GroupLists lists, IJournal journal, IInbox inbox, ILeader leader, IOptions<AlertmanagerGroups> groups,
        IOptions<AlertmanagerSourceOptions> options, TimeProvider time,
        IMeterFactory meters, ILogger<ReconcileService> logger)
    {
        (_lists, _journal, _inbox, _leader, _groups, _every, _time, _logger) =
            (lists, journal, inbox, leader, groups.Value, options.Value.ReconcileEvery, time, logger);
        var meter = meters.Create("Remediator.Sources");
        _rounds = meter.CreateCounter<long>(
            "remediator.reconcile.rounds", "{round}", "Comparisons with Alertmanager's lists, by group and by whether one could be read.");
        _told = meter.CreateCounter<long>(
            "remediator.reconcile.alerts", "{alert}", "Alerts in which a list and the webhook differed, by status.");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_groups.All.Where(g => g.Urls.Count > 0).Select(group => CompareAsync(group, stoppingToken)));

    private async Task CompareAsync(AlertmanagerGroup group, CancellationToken stoppingToken)
    {
        var last = Reconciliation.None;
        while (true)
        {
            if (!_leader.Leads)
            {
                last = Reconciliation.None;
                await Task.Delay(Look, _time, stoppingToken);
                continue;
            }

            try
            {
                last = await RoundAsync(group, last, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.Failed(_logger, group.Source, e.Message);
                Count(group, "failed");
            }

            await Task.Delay(_every, _time, stoppingToken);
        }
    }

    /// <summary>The store is read first: what changes meanwhile then looks like no difference, or goes within a round.</summary>
    internal async Task<Reconciliation> RoundAsync(AlertmanagerGroup group, Reconciliation last, CancellationToken cancellationToken)
    {
        var known = await _journal.ActiveOfAsync(group.Source, cancellationToken);
        var readings = await _lists.ReadAsync(group, known, cancellationToken);
        var now = _time.GetUtcNow();
        var next = last.Next(readings, known, now, _every);
        // what the webhook does not take is not taken from the list either; the webhook has made a dead letter of it
        var tell = next.Tell.Where(alert => AlertLimits.Broken(alert, now) is null).Select(AlertLimits.Cut).ToList();
        if (tell.Count > 0)
        {
            var trace = ActivityTraceId.CreateRandom().ToHexString();
            await _inbox.AddAsync([.. tell.Select(alert => new InboxEntry(alert, Reconciliation.Way, trace, now))], cancellationToken);
            foreach (var status in tell.GroupBy(a => a.Status))
                _told.Add(status.Count(), new TagList { { "status", status.Key is AlertStatus.Firing ? "firing" : "resolved" } });
            Log.Told(_logger, tell.Count, group.Source, trace);
        }

        Count(group, readings.Count > 0 ? "read" : "failed");
        return next;
    }

    private void Count(AlertmanagerGroup group, string result) =>
        _rounds.Add(1, new TagList { { "group", group.Name }, { "result", result } });

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1103,
            Level = LogLevel.Information,
            Message = "Alerts put into the inbox because the list of {Source} and its webhook differ: {Count}, trace {traceid}")]
        public static partial void Told(ILogger logger, int count, string source, string traceid);

        [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "The list of {Source} could not be compared: {Reason}")]
        public static partial void Failed(ILogger logger, string source, string reason);
    }
}
