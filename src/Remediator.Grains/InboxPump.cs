using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>Takes alerts from the inbox, finds their resources on a fresh view, and hands them to the resources' grains, which delete the rows as they commit.</summary>
internal sealed partial class InboxPump(
    IInbox inbox,
    IJournal journal,
    IResourceResolver resolver,
    IFactViews views,
    ActiveAlerts active,
    EngineSettings settings,
    IGrainFactory grains,
    ClusterName cluster,
    TimeProvider time,
    ILogger<InboxPump> logger) : BackgroundService
{
    private const int BatchSize = 1000;
    private const int AtOnce = 64;
    private const int MaxAttempts = 5;

    /// <summary>How long alerts wait for a view of the cluster; then they are taken in as they are, and the guards hold.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly HashSet<long> _overtaking = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RecoverAsync(stoppingToken);
        var after = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var rows = await inbox.WaitingAsync(after, BatchSize, stoppingToken);
                var ready = Ready(rows);
                if (ready.Count == 0)
                {
                    await Task.Delay(rows.Count == 0 ? Idle : Retry / 4, time, stoppingToken);
                    continue;
                }

                await HandOverAsync(ready, stoppingToken);
                after = Pass(rows, [.. ready.Select(r => r.Row)], after);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Broken(logger, e);
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    private async Task RecoverAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                active.Change(await journal.ActiveAlertsAsync(stoppingToken), []);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Broken(logger, e);
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    /// <summary>The rows that can be resolved now. Those of our own need no view and overtake the others.</summary>
    private List<Resolved> Ready(IReadOnlyList<InboxRow> rows)
    {
        var now = time.GetUtcNow();
        var view = views.Current;
        var fresh = view.State is ViewState.NotConfigured || (view.State is ViewState.Ready && now - view.FreshAt <= settings.MaxViewAge);
        return [.. rows
            .Where(r => !_overtaking.Contains(r.Id) && (fresh || IsOurs(r) || now - r.ReceivedAt > Patience))
            .Select(r => new Resolved(r, IsOurs(r) ? Ours(r) : resolver.Resolve(r.Alert)))
            .Where(r => !MayStillAppear(r, view) || now - r.Row.ReceivedAt > Patience)];
    }

    /// <summary>A pod may be younger than the view: taken for a pod of nobody, its alert would open an incident of its own.</summary>
    private static bool MayStillAppear(Resolved resolved, ViewStatus view) =>
        !resolved.Found.Known && resolved.Row.Alert.Labels.ContainsKey("pod") && view.State is ViewState.Ready && view.FreshAt <= resolved.Row.ReceivedAt;

    /// <summary>The id up to which every row was handed over.</summary>
    private long Pass(IReadOnlyList<InboxRow> rows, List<InboxRow> handedOver, long after)
    {
        _overtaking.UnionWith(handedOver.Select(r => r.Id));
        foreach (var row in rows.TakeWhile(r => _overtaking.Remove(r.Id)))
        {
            after = row.Id;
        }

        return after;
    }

    private async Task HandOverAsync(IReadOnlyList<Resolved> resolved, CancellationToken stoppingToken)
    {
        var deliveries = resolved.GroupBy(r => r.Found.Resource).Select(g => (Resource: g.Key, Delivery: Pack([.. g]))).ToList();
        active.Change(deliveries.SelectMany(d => d.Delivery.Active), deliveries.SelectMany(d => d.Delivery.Gone));
        foreach (var (resource, delivery) in deliveries)
        {
            await _places.WaitAsync(stoppingToken);
            _ = DeliverAsync(resource, delivery, stoppingToken);
        }
    }

    private async Task DeliverAsync(ResourceKey resource, Delivery delivery, CancellationToken stoppingToken)
    {
        try
        {
            var message = Messages.Write(delivery);
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await grains.GetGrain<IResourceGrain>(resource.ToString()).IngestAsync(message);
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

    /// <summary>A store that is away is no fault of the rows. Anything else, often enough, is.</summary>
    private async Task<bool> GiveUpAsync(Delivery delivery, Exception failure)
    {
        if (failure.InnerException is StoreUnavailableException or null)
        {
            return false;
        }

        try
        {
            foreach (var row in delivery.Rows)
            {
                if (await inbox.CountAttemptAsync(row, CancellationToken.None) >= MaxAttempts)
                {
                    await inbox.DeadLetterAsync(row, $"{failure.GetType().Name}: {failure.Message}", CancellationToken.None);
                    return true;
                }
            }
        }
        catch (StoreUnavailableException e)
        {
            Log.Broken(logger, e);
        }

        return false;
    }

    private Delivery Pack(IReadOnlyList<Resolved> rows)
    {
        var alerts = rows.Where(r => !IsOurs(r.Row)).ToList();
        var last = alerts.GroupBy(r => r.Row.Alert.Fingerprint).Select(g => g.Last()).ToList();
        var now = time.GetUtcNow();
        return new(
            [.. rows.Select(r => r.Row.Id)],
            [.. alerts.Select(r => new IncomingAlert(r.Row.Alert, r.Row.Source, r.Row.TraceId, r.Found.How, r.Found.Labels))],
            [.. last.Where(r => r.Row.Alert.Status is AlertStatus.Firing).Select(r => new ActiveAlert(r.Row.Alert.Fingerprint, r.Found.Resource, r.Row.Alert.Name, r.Found.Labels, r.Row.Alert.StartsAt, now))],
            [.. last.Where(r => r.Row.Alert.Status is AlertStatus.Resolved).Select(r => r.Row.Alert.Fingerprint)]);
    }

    /// <summary>Our own alerts are never subjects, and the probe of the health check is none.</summary>
    private static bool IsOurs(InboxRow row) => row.Source == HealthProbe.Source || row.Alert.Name == OwnAlerts.RemediationFailed;

    private Resolution Ours(InboxRow row) => new(new(cluster.Name, "engine", "", row.Source == HealthProbe.Source ? "health" : "own-alerts"), true, row.Alert.Labels, "");

    private sealed record Resolved(InboxRow Row, Resolution Found);

    private static partial class Log
    {
        [LoggerMessage(EventId = 2201, Level = LogLevel.Error, Message = "The inbox could not be worked on; again soon")]
        public static partial void Broken(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "{Count} alerts of {Resource} were not taken; again soon")]
        public static partial void NotTaken(ILogger logger, Exception e, int count, string resource);
    }
}
