using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>Brings rows of the inbox to their resources' grains, so many at once, and each until it is taken, is consumed elsewhere, or is a dead letter.</summary>
internal sealed partial class Deliveries(
    IInbox inbox, AlertRouter router, ActiveAlerts active, IGrainFactory grains, TimeProvider time, ILogger<Deliveries> logger) : IDisposable
{
    private const int AtOnce = 128;
    private const int MaxAttempts = 5;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>Returns when all have a place.</summary>
    /// <param name="leading">Ends when somebody else may deliver them, or the same anew.</param>
    public async Task StartAsync(IReadOnlyList<RoutedRow> rows, CancellationToken leading)
    {
        var byResource = rows.GroupBy(r => r.To.Resource).Select(g => (Resource: g.Key, Rows: g.ToList())).ToList();
        foreach (var (_, own) in byResource)
        {
            var delivery = router.Pack(own);
            active.Change(delivery.Active, delivery.Gone);
        }

        foreach (var (resource, own) in byResource)
        {
            await _places.WaitAsync(leading);
            _ = DeliverAsync(resource, own, leading);
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Comes with a place, and leaves it while it waits to try again: a resource that cannot be reached is in nobody's way.</summary>
    private async Task DeliverAsync(ResourceKey resource, IReadOnlyList<RoutedRow> rows, CancellationToken leading)
    {
        try
        {
            for (var wait = FirstRetry; !await TryAsync(resource, rows); wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
            {
                _places.Release();
                try
                {
                    await Task.Delay(wait, time, leading);
                    rows = await StillWaitingAsync(rows, leading);
                }
                finally
                {
                    await _places.WaitAsync(CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            _places.Release();
        }
    }

    /// <returns>True when nothing is left to be done.</returns>
    private async Task<bool> TryAsync(ResourceKey resource, IReadOnlyList<RoutedRow> rows)
    {
        if (rows.Count == 0)
        {
            return true;
        }

        var delivery = router.Pack(rows);
        try
        {
            await grains.GetGrain<IResourceGrain>(resource.ToString()).IngestAsync(Messages.Write(delivery));
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotTaken(logger, e, delivery.Rows.Count, resource.Display);
            return await GiveUpAsync(delivery, e);
        }
    }

    /// <summary>An answer may have got lost, or another replica has delivered them: then they are consumed, and nothing can be committed with them.</summary>
    private async Task<IReadOnlyList<RoutedRow>> StillWaitingAsync(IReadOnlyList<RoutedRow> rows, CancellationToken stopping)
    {
        try
        {
            var waiting = new List<RoutedRow>();
            foreach (var routed in rows)
            {
                if (routed.Elsewhere || await inbox.FindAsync(routed.Row.Alert, stopping) == routed.Row.Id)
                {
                    waiting.Add(routed);
                }
            }

            return waiting;
        }
        catch (StoreUnavailableException)
        {
            return rows;
        }
    }

    /// <summary>
    /// A store, a silo or a moment that is away is no fault of the rows, nor are events that only a newer version knows. Anything else is,
    /// often enough: then each is kept as a dead letter with the reason.
    /// </summary>
    private async Task<bool> GiveUpAsync(Delivery delivery, Exception failure)
    {
        if (failure is InconsistentStateException or OrleansException or TimeoutException or StoreUnavailableException or UnreadableStreamException)
        {
            return false;
        }

        try
        {
            var spent = true;
            foreach (var row in delivery.Rows)
            {
                if (await inbox.CountAttemptAsync(row, CancellationToken.None) is > 0 and < MaxAttempts)
                {
                    spent = false;
                }
                else
                {
                    await inbox.DeadLetterAsync(row, $"{failure.GetType().Name}: {failure.Message}", CancellationToken.None);
                }
            }

            return spent;
        }
        catch (StoreUnavailableException e)
        {
            Log.NotCounted(logger, e);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "{Count} alerts of {Resource} were not taken; again soon")]
        public static partial void NotTaken(ILogger logger, Exception e, int count, string resource);

        [LoggerMessage(EventId = 2204, Level = LogLevel.Warning, Message = "A failed delivery could not be counted; again soon")]
        public static partial void NotCounted(ILogger logger, Exception e);
    }
}
