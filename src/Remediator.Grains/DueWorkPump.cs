using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>On the replica that leads: wakes the resources that asked for it. After a crash these rows are all that is needed to go on.</summary>
internal sealed partial class DueWorkPump(IDueWork dueWork, IGrainFactory grains, Leader leader, EngineSettings settings, TimeProvider time, ILogger<DueWorkPump> logger) : BackgroundService
{
    private const int BatchSize = 500;
    private const int AtOnce = 64;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<ResourceKey, bool> _waking = new();
    private readonly ConcurrentDictionary<ResourceKey, DateTimeOffset> _resting = new();
    private readonly SemaphoreSlim _places = new(AtOnce);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Clamp(settings.Tick.TotalMilliseconds / 5, 100, 1000));
        while (true)
        {
            await leader.LeadingAsync(stoppingToken);
            try
            {
                // what cannot be woken must not stand in the way of the others
                var now = time.GetUtcNow();
                foreach (var due in await dueWork.DueAsync(now, BatchSize + _resting.Count, stoppingToken))
                {
                    if (!(_resting.TryGetValue(due.Resource, out var until) && now < until) && _waking.TryAdd(due.Resource, true))
                    {
                        await _places.WaitAsync(stoppingToken);
                        _ = WakeAsync(due.Resource);
                    }
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Broken(logger, e);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task WakeAsync(ResourceKey resource)
    {
        try
        {
            await grains.GetGrain<IResourceGrain>(resource.ToString()).WakeAsync();
            _resting.TryRemove(resource, out _);
        }
        catch (Exception e)
        {
            _resting[resource] = time.GetUtcNow() + Rest;
            Log.NotWoken(logger, e, resource.Display);
        }
        finally
        {
            _waking.TryRemove(resource, out _);
            _places.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2301, Level = LogLevel.Error, Message = "Due work could not be read; again soon")]
        public static partial void Broken(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "{Resource} could not be woken; again soon")]
        public static partial void NotWoken(ILogger logger, Exception e, string resource);
    }
}
