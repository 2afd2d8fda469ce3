using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Inbox;

/// <summary>
/// On the replica that leads: takes alerts from the inbox and has them delivered to their resources' grains, which delete the rows as they
/// commit.
/// </summary>
internal sealed partial class InboxPump(
    IInbox inbox, ReadyRows ready, AlertRouter router, Deliveries deliveries, AlertFollower follower, Leader leader, TimeProvider time,
    ILogger<InboxPump> logger) : BackgroundService
{
    private const int BatchSize = 1000;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private const int ProbesAtOnce = 100;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<long> _overtaking = [];
    private volatile bool _reads;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await leader.LeadingAsync(stoppingToken);
            try
            {
                await LeadAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Broken(logger, e);
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    /// <summary>
    /// Begins at the first row, whatever this or another replica has delivered before: a row that is consumed is consumed once.
    /// </summary>
    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        // where an alert is known, there it goes: so what others have committed has to be known first
        await follower.CatchUpAsync(stoppingToken);
        _overtaking.Clear();
        // what is on its way stays so until this begins at the first row again, and not only while the lease happens to be held
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _reads = false;
        var alerts = AlertsAsync(leading.Token);
        var probes = ProbesAsync(leading.Token);
        await Task.WhenAny(alerts, probes);
        await leading.CancelAsync();
        foreach (var task in (Task[])[alerts, probes])
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
            }
        }
    }

    private async Task AlertsAsync(CancellationToken leading)
    {
        for (var after = 0L; leader.Leads;)
        {
            after = await TakeAsync(after, leading);
            _reads = true;
        }
    }

    /// <summary>
    /// A probe that queued behind a storm would say that the replica is broken when it is only busy. It is taken by itself, as long as the
    /// alerts are read.
    /// </summary>
    private async Task ProbesAsync(CancellationToken leading)
    {
        while (leader.Leads)
        {
            if (_reads && await inbox.ProbesAsync(ProbesAtOnce, leading) is var rows)
            {
                if (rows.Count == 0)
                {
                    await inbox.ProbeAddedAsync(leading);
                    continue;
                }

                await deliveries.ProbeAsync([.. rows.Select(router.Route)]);
            }

            await Task.Delay(ProbeEvery, time, leading);
        }
    }

    /// <returns>The id up to which every row was handed over.</returns>
    private async Task<long> TakeAsync(long after, CancellationToken leading)
    {
        var rows = await inbox.WaitingAsync(after, BatchSize, leading);
        var now = ready.Of(rows, _overtaking);
        if (now.Count == 0)
        {
            await (rows.Count == 0 ? inbox.ChangedAsync(leading) : Task.Delay(Wait, time, leading));
            return after;
        }

        await deliveries.StartAsync(now, leading);
        _overtaking.UnionWith(now.Select(r => r.Row.Id));
        return rows.TakeWhile(r => _overtaking.Remove(r.Id)).Select(r => r.Id).LastOrDefault(after);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2201, Level = LogLevel.Error, Message = "The inbox could not be worked on; trying again soon")]
        public static partial void Broken(ILogger logger, Exception e);
    }
}
