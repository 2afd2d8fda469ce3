using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Membership;

/// <summary>
/// Holds the lease on what one replica does for all. It counts from before it was asked for, on a clock that nobody sets, so that this
/// replica never believes in it for longer than the store does.
/// </summary>
internal sealed partial class Leader(
    ILeases leases, ILocalSiloDetails self, Fence fence, IHostApplicationLifetime lifetime, EngineMetrics metrics, TimeProvider time,
    ILogger<Leader> logger)
    : BackgroundService, ILeader
{
    public const string Lease = "pump";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string _owner = self.SiloAddress.ToParsableString();
    private readonly Lock _lock = new();
    private long? _heldSince;

    public bool Leads
    {
        get
        {
            lock (_lock)
            {
                return !fence.IsTripped && _heldSince is { } since && time.GetElapsedTime(since) < Duration;
            }
        }
    }

    /// <summary>Returns when this replica leads. Whoever asked has to look at <see cref="Leads"/> again and again.</summary>
    public async Task LeadingAsync(CancellationToken cancellationToken)
    {
        while (!Leads)
        {
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ReleaseAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(
            "remediator_leads",
            "1 on the replica that leads (reads the inbox, wakes what is due, writes checkpoints, reconciles); 0 on the others.",
            () => Leads ? 1 : 0);
        // a replica that has not joined yet could pump nothing
        await StartedAsync(stoppingToken);
        while (true)
        {
            var asked = time.GetTimestamp();
            await Task.Delay(await HoldAsync(asked, stoppingToken) ? Renewal : Retry, time, stoppingToken);
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task<bool> HoldAsync(long asked, CancellationToken stoppingToken)
    {
        try
        {
            if (await leases.HoldAsync(Lease, _owner, Duration, stoppingToken))
            {
                Took(asked);
                return true;
            }

            Lost();
        }
        catch (ReplicaFencedException e)
        {
            fence.Trip(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // what is held stays held until it is over
            Log.NotAsked(logger, e);
        }

        return false;
    }

    private void Took(long asked)
    {
        var led = Leads;
        lock (_lock)
        {
            _heldSince = asked;
        }

        if (!led)
        {
            metrics.TookOver();
            Log.Leads(logger);
        }
    }

    private void Lost()
    {
        lock (_lock)
        {
            if (_heldSince is not null)
            {
                Log.Lost(logger);
            }

            _heldSince = null;
        }
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var led = Leads;
        Lost();
        try
        {
            if (led)
            {
                await leases.ReleaseAsync(Lease, _owner, cancellationToken);
            }
        }
        catch (StoreUnavailableException e)
        {
            Log.NotReleased(logger, Duration.TotalSeconds, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2501,
            Level = LogLevel.Information,
            Message = "This replica leads: it reads the inbox, wakes what is due, writes checkpoints and reconciles")]
        public static partial void Leads(ILogger logger);

        [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "This replica no longer leads")]
        public static partial void Lost(ILogger logger);

        [LoggerMessage(EventId = 2503, Level = LogLevel.Warning, Message = "The store could not be asked who leads; trying again soon")]
        public static partial void NotAsked(ILogger logger, Exception e);

        [LoggerMessage(
            EventId = 2504, Level = LogLevel.Warning, Message = "The lease could not be released; it expires within {Seconds} s")]
        public static partial void NotReleased(ILogger logger, double seconds, Exception e);
    }
}
