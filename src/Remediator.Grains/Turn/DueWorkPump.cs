using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Turn;

/// <summary>
/// On the replica that leads: wakes the resources that asked for it. After a crash the rows of the store are all that is needed to go on. A
/// resource that only goes on waiting leaves its row as it is and says when to ask again; that is kept here, and whoever leads next asks at
/// once.
/// </summary>
internal sealed partial class DueWorkPump(
    IDueWork dueWork, IGrainFactory grains, Leader leader, EngineMetrics metrics, EngineSettings settings, TimeProvider time,
    ILogger<DueWorkPump> logger) : BackgroundService
{
    private const int BatchSize = 500;
    private const int AtOnce = 64;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A row may be written so much later than the time that it names: commits take time, and the clocks of replicas differ.
    /// </summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ResourceKey, bool> _waking = new();
    private readonly ConcurrentDictionary<ResourceKey, Later> _later = new();
    private readonly SemaphoreSlim _places = new(AtOnce);
    private DateTimeOffset _read = DateTimeOffset.MinValue;
    private DateTimeOffset _readAllAt = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Clamp(settings.Tick.TotalMilliseconds / 5, 100, 1000));
        while (true)
        {
            if (!leader.Leads)
            {
                await leader.LeadingAsync(stoppingToken);
                // what others have answered while they led is not known here
                _later.Clear();
                _readAllAt = DateTimeOffset.MinValue;
            }

            try
            {
                await CheckAsync(time.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Broken(logger, e);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>
    /// Reads what has become due since the last look, and now and then every row that is: most of those wait here for their time.
    /// </summary>
    private async Task CheckAsync(DateTimeOffset now, CancellationToken stoppingToken)
    {
        var all = now >= _readAllAt || now < _read;
        var limit = BatchSize + _later.Count;
        var rows = await dueWork.DueAsync(all ? DateTimeOffset.MinValue : _read - Late, now, limit, stoppingToken);
        if (rows.Count == limit)
        {
            _read = rows[^1].At;
        }
        else
        {
            (_read, _readAllAt) = (now, all ? now + settings.Tick : _readAllAt);
        }

        foreach (var row in rows)
        {
            if (!(_later.TryGetValue(row.Resource, out var later) && later.Row == row.At && now < later.Until))
            {
                await WakeAsync(row.Resource, row.At, stoppingToken);
            }
        }

        foreach (var (resource, later) in _later)
        {
            if (later.Until <= now)
            {
                await WakeAsync(resource, later.Row, stoppingToken);
            }
        }
    }

    /// <summary>Returns when it has a place.</summary>
    /// <param name="row">What its row says.</param>
    private async Task WakeAsync(ResourceKey resource, DateTimeOffset row, CancellationToken stoppingToken)
    {
        if (_waking.TryAdd(resource, true))
        {
            await _places.WaitAsync(stoppingToken);
            _ = WakeAsync(resource, row);
        }
    }

    private async Task WakeAsync(ResourceKey resource, DateTimeOffset row)
    {
        try
        {
            metrics.Woke();
            if (await grains.GetGrain<IResourceGrain>(resource.ToString()).WakeAsync() is { } answer)
            {
                _later[resource] = new(row, Messages.Read<Woken>(answer).Again, 0);
            }
            else
            {
                _later.TryRemove(resource, out _);
            }
        }
        catch (Exception e)
        {
            _later[resource] = Rested(resource, row, e);
            Log.NotWoken(logger, e, resource.Display);
        }
        finally
        {
            _waking.TryRemove(resource, out _);
            _places.Release();
        }
    }

    /// <summary>
    /// What cannot be woken is not in the way of the others; what fails in the same way each time is asked ever more seldom.
    /// </summary>
    private Later Rested(ResourceKey resource, DateTimeOffset row, Exception failure)
    {
        var failures = Failure.IsOfTheMoment(failure) ? 0 : (_later.GetValueOrDefault(resource)?.Failures ?? 0) + 1;
        var rest = Rest * Math.Pow(2, Math.Min(failures, 10));
        return new(row, time.GetUtcNow() + (rest < LongestRest ? rest : LongestRest), failures);
    }

    /// <param name="Row">What the row in the store said when it was woken; where it says something else by now, that holds.</param>
    /// <param name="Failures">How often it failed for a reason of its own, one after another.</param>
    private sealed record Later(DateTimeOffset Row, DateTimeOffset Until, int Failures);

    private static partial class Log
    {
        [LoggerMessage(EventId = 2301, Level = LogLevel.Error, Message = "Due work could not be read; trying again soon")]
        public static partial void Broken(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "{Resource} could not be woken; trying again soon")]
        public static partial void NotWoken(ILogger logger, Exception e, string resource);
    }
}
