using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Views;

/// <summary>On the replica that leads: has people told when alerts wait for a cluster that cannot be seen.</summary>
internal sealed partial class ClusterSight(
    IFactViews views, IInbox inbox, ActiveAlerts alerts, IGrainFactory grains, Leader leader, ClusterName cluster, EngineSettings settings,
    TimeProvider time, ILogger<ClusterSight> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Blindness _blindness = new(time, settings.MaxViewAge, settings.Scaled(Patience));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.NotTold(logger, e);
            }

            await Task.Delay(settings.Scaled(Pause), time, stoppingToken);
        }
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        if (_blindness.IsLong(views.Current)
            && leader.Leads
            && (alerts.Any || (await inbox.WaitingAsync(0, 1, stoppingToken)).Count > 0))
        {
            var message = $"Remediator cannot see cluster {cluster.Name}, and alerts about it are firing. Nothing is decided "
                + $"about them, and nothing is repaired, until it can see the cluster again.";
            await grains.GetGrain<IResourceGrain>(Storms.Cluster(cluster.Name).ToString()).UnseenAsync(message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2801, Level = LogLevel.Error,
            Message = "People could not be told that the cluster cannot be seen; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
