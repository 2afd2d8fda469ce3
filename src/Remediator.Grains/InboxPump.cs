using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>Takes alerts from the inbox, on a fresh view, and hands them to their resources' grains, which delete the rows as they commit.</summary>
internal sealed partial class InboxPump(
    IInbox inbox,
    IJournal journal,
    AlertRouter router,
    IFactViews views,
    ActiveAlerts active,
    HealthProbe probes,
    EngineSettings settings,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<InboxPump> logger) : BackgroundService
{
    private const int BatchSize = 1000;
    private const int AtOnce = 64;
    private const int MaxAttempts = 5;

    /// <summary>How long alerts wait for a fresh view of the cluster; then an old one has to do, and the guards hold. Without any view there is nothing to go by.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly HashSet<long> _overtaking = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilItWorksAsync(async () => active.Change((await journal.AlertChangesAsync(0, stoppingToken)).Firing, []), stoppingToken);
        var after = 0L;
        while (true)
        {
            await UntilItWorksAsync(async () => after = await TakeAsync(after, stoppingToken), stoppingToken);
        }
    }

    private async Task UntilItWorksAsync(Func<Task> work, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Broken(logger, e);
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    /// <returns>The id up to which every row was handed over.</returns>
    private async Task<long> TakeAsync(long after, CancellationToken stoppingToken)
    {
        var rows = await inbox.WaitingAsync(after, BatchSize, stoppingToken);
        var ready = Ready(rows);
        if (ready.Count == 0)
        {
            await Task.Delay(rows.Count == 0 ? Idle : Retry / 4, time, stoppingToken);
            return after;
        }

        var deliveries = ready.GroupBy(r => r.To.Resource).Select(g => (Resource: g.Key, Delivery: router.Pack([.. g]), Rows: g.Select(r => r.Row).ToList())).ToList();
        active.Change(deliveries.SelectMany(d => d.Delivery.Active), deliveries.SelectMany(d => d.Delivery.Gone));
        foreach (var (resource, delivery, taken) in deliveries)
        {
            await _places.WaitAsync(stoppingToken);
            _ = DeliverAsync(resource, delivery, taken, stoppingToken);
        }

        _overtaking.UnionWith(ready.Select(r => r.Row.Id));
        return rows.TakeWhile(r => _overtaking.Remove(r.Id)).Select(r => r.Id).LastOrDefault(after);
    }

    /// <summary>The rows that can be resolved now. Those of our own need no view and overtake the others.</summary>
    private List<RoutedRow> Ready(IReadOnlyList<InboxRow> rows)
    {
        var now = time.GetUtcNow();
        var view = views.Current;
        var fresh = view.State is ViewState.NotConfigured || (view.State is ViewState.Ready && (now - view.FreshAt).Duration() <= settings.MaxViewAge);
        return
        [
            .. from row in rows
               let patient = view.State is not ViewState.Ready || now - row.ReceivedAt <= Patience
               where !_overtaking.Contains(row.Id) && (fresh || AlertRouter.IsOurs(row) || !patient)
               from routed in router.Route(row)
               where !patient || !MayStillAppear(routed, view)
               select routed
        ];
    }

    /// <summary>A pod may be younger than the view: taken for a pod of nobody, its alert would open an incident of its own.</summary>
    private static bool MayStillAppear(RoutedRow routed, ViewStatus view) =>
        !routed.To.Known && routed.Row.Alert.Labels.ContainsKey("pod") && view.State is ViewState.Ready && view.FreshAt <= routed.Row.ReceivedAt;

    private async Task DeliverAsync(ResourceKey resource, Delivery delivery, List<InboxRow> rows, CancellationToken stoppingToken)
    {
        try
        {
            var message = Messages.Write(delivery);
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await grains.GetGrain<IResourceGrain>(resource.ToString()).IngestAsync(message);
                    rows.ForEach(probes.Arrived);
                    return;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Log.NotTaken(logger, e, delivery.Rows.Count, resource.Display);
                    if (await GiveUpAsync(delivery, e))
                    {
                        return;
                    }

                    await Task.Delay(Retry, time, stoppingToken);
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

    /// <summary>A store, a silo or a moment that is away is no fault of the rows. Anything else is, often enough: then each is kept as a dead letter with the reason.</summary>
    private async Task<bool> GiveUpAsync(Delivery delivery, Exception failure)
    {
        if (failure is InconsistentStateException or OrleansException or TimeoutException or StoreUnavailableException)
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
            Log.Broken(logger, e);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2201, Level = LogLevel.Error, Message = "The inbox could not be worked on; again soon")]
        public static partial void Broken(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "{Count} alerts of {Resource} were not taken; again soon")]
        public static partial void NotTaken(ILogger logger, Exception e, int count, string resource);
    }
}
