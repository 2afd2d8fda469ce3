using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Work;

/// <summary>
/// Resources that the engine cannot handle: what is decided about them fails in the same way each time, or the store refuses it for its
/// values. Their own escalation would be written with the very commit that fails, so people are told of them from here, as of an
/// escalation, until they go on.
/// </summary>
internal sealed partial class StuckResources : BackgroundService
{
    /// <summary>So many failures in a row are no accident.</summary>
    public const int Failures = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    /// <summary>What nobody has asked for so long may be handled elsewhere, or is a dead letter by now.</summary>
    private static readonly TimeSpan ExpiresAfter = TimeSpan.FromMinutes(15);

    /// <summary>So long replicas of two versions may work side by side.</summary>
    private static readonly TimeSpan AnUpdate = TimeSpan.FromMinutes(5);

    private const int Repeats = 5;
    private const int Most = 1000;

    private readonly ConcurrentDictionary<ResourceKey, Stuck> _stuck = new();
    private readonly Dictionary<ResourceKey, Notification> _told = [];
    private readonly People _people;
    private readonly EngineSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public StuckResources(People people, EngineSettings settings, EngineMetrics metrics, TimeProvider time, ILogger<StuckResources> logger)
    {
        (_people, _settings, _time, _logger) = (people, settings, time, logger);
        metrics.Observe("remediator_resources_stuck", "Resources that the engine cannot handle: each decision about them fails.", () =>
            _stuck.Values.Count(s => s.Count >= Failures));
    }

    public void Failed(ResourceKey resource, Exception failure)
    {
        if (_stuck.Count >= Most && !_stuck.ContainsKey(resource))
        {
            return;
        }

        var now = _time.GetUtcNow();
        var stuck = _stuck.AddOrUpdate(
            resource,
            _ => new(Ids.New(now), now, failure is UnreadableStreamException ? 0 : 1, now, failure.Message),
            (_, s) => s with { Count = s.Count + (MayPass(failure, now - s.Since) ? 0 : 1), LastAt = now, Reason = failure.Message });
        if (stuck.Count == Failures)
        {
            Log.Stuck(_logger, failure, resource.Display);
        }
    }

    /// <summary>During an update a replica of the new version takes it. After one that was rolled back, none ever does.</summary>
    private bool MayPass(Exception failure, TimeSpan lasted) => failure is UnreadableStreamException && lasted < _settings.Scaled(AnUpdate);

    public void WentOn(ResourceKey resource) => _stuck.TryRemove(resource, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await NotifyAsync(_time.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotTold(_logger, e);
            }

            await Task.Delay(Pause, _time, stoppingToken);
        }
    }

    private async Task NotifyAsync(DateTimeOffset now, CancellationToken stopping)
    {
        foreach (var (resource, stuck) in _stuck.Where(s => now - s.Value.LastAt > ExpiresAfter))
        {
            _stuck.TryRemove(KeyValuePair.Create(resource, stuck));
        }

        // observing pages nobody
        var standing = _settings.Mode is Mode.Observe or Mode.Off ? [] : _stuck.Where(s => s.Value.Count >= Failures).ToDictionary();
        var over = _told.Where(t => !standing.ContainsKey(t.Key)).ToList();
        over.ForEach(t => _told.Remove(t.Key));
        var repeat = _settings.Scaled(Repeat);
        var due = now >= _next || standing.Keys.Any(r => !_told.ContainsKey(r));
        if (due)
        {
            _next = now + repeat;
            foreach (var (resource, stuck) in standing)
            {
                _told[resource] = Notification(resource, stuck, now + (repeat * Repeats));
            }
        }

        await Task.WhenAll(over.Select(t => t.Value with { EndsAt = now })
            .Concat(due ? _told.Values : [])
            .Select(n => _people.NotifyAsync("stuck", n, stopping)));
    }

    private static Notification Notification(ResourceKey resource, Stuck stuck, DateTimeOffset endsAt) => new()
    {
        IncidentId = stuck.Id,
        Resource = resource.Display,
        Labels = new Dictionary<string, string> {
            ["cluster"] = resource.Cluster,
            ["namespace"] = resource.Namespace,
            ["resource"] = resource.Display },
        Problem = "engine-cannot-handle",
        Severity = "critical",
        Message = $"Remediator cannot handle {resource.Display}: every decision about it fails, so nothing is done there and "
            + $"nobody is told of its incidents",
        Reason = stuck.Reason,
        Tried = [],
        NextStep = "take care of the resource by hand; the log and 'remediator audit list --dead-letters' say more",
        Evidence = "",
        StartsAt = stuck.Since,
        EndsAt = endsAt,
    };

    /// <param name="Id">In place of an incident's.</param>
    private sealed record Stuck(string Id, DateTimeOffset Since, int Count, DateTimeOffset LastAt, string Reason);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2811, Level = LogLevel.Error,
            Message = "{Resource} cannot be handled: every decision about it fails; people are told")]
        public static partial void Stuck(ILogger logger, Exception e, string resource);

        [LoggerMessage(
            EventId = 2812, Level = LogLevel.Error,
            Message = "People could not be told of resources that cannot be handled; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
