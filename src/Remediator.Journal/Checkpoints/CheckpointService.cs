using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Journal.Settings;

namespace Remediator.Journal.Checkpoints;

/// <summary>
/// Where this process leads: writes a checkpoint when enough events wait for one or have waited long enough, and the last one when all else
/// has stopped.
/// </summary>
internal sealed partial class CheckpointService(
    Checkpointer checkpointer, ILeader leader, IOptions<JournalOptions> options, JournalMetrics metrics, TimeProvider time,
    ILogger<CheckpointService> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _waitingSince;
    private bool _isFailing;

    /// <summary>A key that is not the right one is said before anything starts.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => checkpointer.LoadKeyAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A replica that has left may not write any more, so it writes its last one before.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => LastAsync(cancellationToken);

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await LastAsync(cancellationToken);
        Failpoint.Hit("during-shutdown");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CheckAsync(stoppingToken);
            metrics.CheckpointWait = leader.Leads && _waitingSince is { } since ? time.GetUtcNow() - since : TimeSpan.Zero;
        }
    }

    internal async Task<bool> IsDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var uncovered = await checkpointer.UncoveredAsync(cancellationToken);
        _waitingSince = uncovered <= 0 ? null : _waitingSince ?? now;
        return uncovered >= options.Value.CheckpointEvents || now - _waitingSince >= options.Value.CheckpointInterval;
    }

    private async Task LastAsync(CancellationToken cancellationToken)
    {
        Failpoint.Hit("during-shutdown");
        if (leader.Leads)
            await TryAsync(() => checkpointer.WriteAsync(cancellationToken), cancellationToken);
    }

    private Task CheckAsync(CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            if (!leader.Leads || !await IsDueAsync(time.GetUtcNow(), cancellationToken))
                return;
            await checkpointer.WriteAsync(cancellationToken);
            _waitingSince = null;
        },
        cancellationToken);

    // Without a checkpoint the tail grows, and verify says so; the engine goes on.
    private async Task TryAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            _isFailing = false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
                Log.Failed(logger, e is StoreUnavailableException ? e.Message : $"{e.GetType().Name}: {e.Message}", e);
            _isFailing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7102, Level = LogLevel.Warning, Message = "No checkpoint could be written: {Reason}")]
        public static partial void Failed(ILogger logger, string reason, Exception fault);
    }
}
