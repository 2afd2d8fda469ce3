using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Projection;
using Remediator.Facts.Topology;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Publishing;

/// <summary>Runs the watches, and publishes a new view when they have changed something.</summary>
internal sealed partial class ViewPublisher(
    KubernetesConnection connection, FactsOptions options, ClusterStores stores, FactViews views, TopologySource topology,
    IGoodRevisions revisions, FactsRuntime runtime) : BackgroundService
{
    private readonly Channel<bool> _changed =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RevisionMemory _memory = new();
    private ViewMaker? _maker;
    private int _revisionsChanged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (connection.Configuration is null)
        {
            Log.NoCluster(runtime.Logger, connection.Reason);
            return;
        }

        Log.Watching(runtime.Logger, connection.Cluster, connection.Configuration.Host, connection.Origin);
        using var server = new ApiServer(connection.Configuration);
        var context = new WatchContext(server, options, runtime.Time, runtime.Noise, runtime.Metrics, runtime.Logger, Changed);
        runtime.Metrics.Observe(() => (runtime.Time.GetUtcNow() - views.Current.FreshAt).TotalSeconds, () => views.Current.View.Version);
        revisions.Changed += RevisionsChanged;
        await Task.WhenAll(stores.ListWatches(context).Select(w => w.RunAsync(stoppingToken)).Append(PublishAsync(stoppingToken)));
    }

    private void Changed()
    {
        views.Changed();
        _changed.Writer.TryWrite(true);
    }

    private void RevisionsChanged()
    {
        Interlocked.Exchange(ref _revisionsChanged, 1);
        _changed.Writer.TryWrite(true);
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ChangedAsync(cancellationToken);
                if (stores.Watches.All(w => w.Loaded))
                    Publish();
                // a longer rest would save nothing: a view costs what has changed since the last
                await Task.Delay(options.PublishEvery, runtime.Time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ChangedAsync(CancellationToken cancellationToken)
    {
        using var quiet = new CancellationTokenSource(options.PublishAtLeastEvery, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, cancellationToken);
        try
        {
            await _changed.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (quiet.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // nothing has changed but the time
        }
    }

    /// <summary>A view that cannot be made must not end the watches: the old one grows stale, and its problem says why.</summary>
    private void Publish()
    {
        var begun = runtime.Time.GetTimestamp();
        try
        {
            var seen = views.Changes;
            var now = runtime.Time.GetUtcNow();
            var maker = _maker ?? Begin();
            // one that has failed half way knows neither the old view nor the new
            _maker = null;
            if (Interlocked.Exchange(ref _revisionsChanged, 0) == 1)
                maker.Projector.RevisionsChanged();
            var view = maker.Next(stores.TakeChanges(), now);
            topology.Use(maker.Topology, now);
            views.Publish(view, seen);
            _maker = maker;
            runtime.Metrics.Projected(runtime.Time.GetElapsedTime(begun));
        }
        catch (Exception e)
        {
            Log.NoView(runtime.Logger, e);
            views.Fail($"A view of the cluster could not be made: {e.Message}");
        }
    }

    private ViewMaker Begin()
    {
        stores.ForgetTaken();
        var made = topology.New();
        return new(
            new(
                new(
                    connection.Cluster, revisions, _memory, options.CrashWindow * options.DurationScale,
                    options.GoodAfter * options.DurationScale),
                made),
            made,
            new(views.Current.View.Version));
    }

    private sealed record ViewMaker(Projector Projector, ClusterTopology Topology, FactViewWriter Writer)
    {
        public FactView Next(ClusterChanges changes, DateTimeOffset now) => Writer.Next(now, Projector.Project(changes, now));
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3011, Level = LogLevel.Warning, Message = "No cluster is watched, so nothing in one can be repaired. {Reason}")]
        public static partial void NoCluster(ILogger logger, string reason);

        [LoggerMessage(
            EventId = 3012, Level = LogLevel.Information, Message = "Watching cluster {Cluster} at {Host}, configured by {Origin}")]
        public static partial void Watching(ILogger logger, string cluster, string host, string origin);

        [LoggerMessage(EventId = 3013, Level = LogLevel.Error, Message = "A view of the cluster could not be made")]
        public static partial void NoView(ILogger logger, Exception exception);
    }
}
