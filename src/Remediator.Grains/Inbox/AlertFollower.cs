using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Grains.Views;

namespace Remediator.Grains.Inbox;

/// <summary>Keeps this replica's picture of the active alerts as new as the store's, whichever replica has written it.</summary>
/// <param name="members">Null where no other replica writes to the store: then all but what a fault left is known already.</param>
internal sealed partial class AlertFollower(
    IJournal journal, ActiveAlerts alerts, TimeProvider time, ILogger<AlertFollower> logger, IMembers? members = null)
    : BackgroundService
{
    private static readonly TimeSpan PauseAlone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAmongOthers = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private long _version;

    /// <summary>Everything that is committed now is known when this returns.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var known = Volatile.Read(ref _version);
            var changes = await journal.AlertChangesAsync(known, cancellationToken);
            if (changes.IsAll)
            {
                alerts.Begin(changes.Firing);
            }
            else
            {
                alerts.Change(changes.Firing, changes.Gone);
            }

            // where it is to start over meanwhile, it does
            Interlocked.CompareExchange(ref _version, changes.Version, known);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next reading is of everything: something was believed that was never committed.</summary>
    public void StartOver() => Volatile.Write(ref _version, 0);

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var pause = members is null ? PauseAlone : PauseAmongOthers;
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Behind(logger, e);
                pause = Retry;
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2601, Level = LogLevel.Warning, Message = "The active alerts could not be read; trying again soon")]
        public static partial void Behind(ILogger logger, Exception e);
    }
}
