using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Membership;

/// <summary>
/// On the replica that leads: tells the journal who joined, left and was lost. It compares, so nothing is missed while nobody leads.
/// </summary>
internal sealed partial class ReplicaWatch : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IMembers _members;
    private readonly ReplicaLog _journal;
    private readonly Leader _leader;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicaWatch> _logger;
    private ReplicaBook _book = ReplicaBook.Empty;

    public ReplicaWatch(
        IMembers members, ReplicaLog journal, Leader leader, EngineMetrics metrics, TimeProvider time, ILogger<ReplicaWatch> logger)
    {
        (_members, _journal, _leader, _time, _logger) = (members, journal, leader, time, logger);
        metrics.Observe("remediator_replicas", "Replicas that share the work, as the one that leads sees it; 0 elsewhere.", () =>
            Led(_book.Present.Count));
        metrics.Observe(
            "remediator_replicas_lost",
            "Replicas that were declared dead since the journal began, as the one that leads knows; 0 elsewhere.",
            () => Led(_book.Lost));
        metrics.Observe(
            "remediator_replicas_fenced",
            "Replicas that found themselves declared dead and ended since the journal began, as the one that leads knows; 0 elsewhere.",
            () => Led(_book.Fenced));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _leader.LeadingAsync(stoppingToken);
            try
            {
                var table = await _members.ReadAsync(stoppingToken);
                _book = await _journal.AppendAsync(table, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.NotTold(_logger, e);
            }

            await Task.Delay(Pause, _time, stoppingToken);
        }
    }

    private long Led(long value) => _leader.Leads ? value : 0;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2411, Level = LogLevel.Warning, Message = "Changes of replicas could not be journalled; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
