using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;
using Remediator.Grains.Metrics;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Work;

/// <summary>
/// Resources that the engine cannot handle: what is decided about them fails in the same way each time, or the store refuses it for its
/// values. Their own escalation would be written with the very commit that fails, so they are written into a stream of their own, which all
/// replicas read, and the one that leads tells people of them, as of an escalation, until they go on.
/// </summary>
internal sealed partial class StuckResources : BackgroundService, IStuckResources
{
    /// <summary>So many failures in a row are no accident.</summary>
    public const int Failures = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    /// <summary>Failures are in a row where no more than this is between them.</summary>
    private static readonly TimeSpan ExpiresAfter = TimeSpan.FromMinutes(15);

    /// <summary>So long replicas of two versions may work side by side.</summary>
    private static readonly TimeSpan AnUpdate = TimeSpan.FromMinutes(5);

    private const int Repeats = 5;

    private readonly ConcurrentDictionary<ResourceKey, Failing> _failing = new();
    private readonly ConcurrentDictionary<ResourceKey, bool> _wentOn = new();
    private readonly Dictionary<ResourceKey, Notification> _told = [];
    private readonly EventStream<StuckBook> _stream;
    private readonly People _people;
    private readonly Leader _leader;
    private readonly EngineSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile StuckBook _book = StuckBook.Empty;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public StuckResources(
        People people, IJournal journal, ClusterName cluster, Leader leader, EngineSettings settings, EngineMetrics metrics,
        TimeProvider time, ILogger<StuckResources> logger)
    {
        (_people, _leader, _settings, _time, _logger) = (people, leader, settings, time, logger);
        _stream = new(journal, StuckBook.Key(cluster.Name), StuckBook.Stream, time);
        metrics.Observe(
            "remediator_resources_stuck",
            "Resources that the engine cannot handle: each decision about them fails. 0 on replicas that do not lead.",
            () => leader.Leads ? _book.Resources.Count : 0);
    }

    public IReadOnlyCollection<StuckResource> Current => [.. _book.Resources.Values];

    public void Failed(ResourceKey resource, Exception failure)
    {
        _wentOn.TryRemove(resource, out _);
        if (_failing.Count >= StuckBook.Most && !_failing.ContainsKey(resource))
        {
            return;
        }

        var now = _time.GetUtcNow();
        var failing = _failing.AddOrUpdate(
            resource,
            _ => new(Ids.New(now), now, Weight(failure, TimeSpan.Zero), now, failure.Message),
            (_, f) => f with { Count = f.Count + Weight(failure, now - f.Since), LastAt = now, Reason = failure.Message });
        if (failing is { Count: >= Failures, IsLogged: false }
            && _failing.TryUpdate(resource, failing with { IsLogged = true }, failing))
        {
            Log.Stuck(_logger, failure, resource.Display);
        }
    }

    public void WentOn(ResourceKey resource)
    {
        _failing.TryRemove(resource, out _);
        if (_book.Resources.Count > 0 && _book.GoesOn(resource) is not null)
        {
            _wentOn[resource] = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await WriteAsync(_time.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotWritten(_logger, e);
            }

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

    private int Weight(Exception failure, TimeSpan lasted) => failure switch
    {
        // during an update a replica of the new version takes it; after one that was rolled back, none ever does
        UnreadableStreamException when lasted < _settings.Scaled(AnUpdate) => 0,
        // its alerts are dead letters already
        ResourceFullException => Failures,
        _ => 1,
    };

    private async Task WriteAsync(DateTimeOffset now, CancellationToken stopping)
    {
        foreach (var (resource, failing) in _failing.Where(f => now - f.Value.LastAt > ExpiresAfter))
        {
            _failing.TryRemove(KeyValuePair.Create(resource, failing));
        }

        var wentOn = _wentOn.Keys.ToList();
        _book = await _stream.AppendAsync(
            book =>
            [
                .. _failing.Where(f => f.Value.Count >= Failures)
                    .Select(f => book.Fails(f.Key, f.Value.Id, f.Value.Since, f.Value.Reason, now))
                    .OfType<Event>(),
                .. wentOn.Select(book.GoesOn).OfType<Event>(),
                .. _leader.Leads ? book.Expired(now) : [],
            ],
            stopping);
        wentOn.ForEach(r => _wentOn.TryRemove(r, out _));
    }

    private async Task NotifyAsync(DateTimeOffset now, CancellationToken stopping)
    {
        if (!_leader.Leads)
        {
            // who leads now tells it on
            _told.Clear();
            return;
        }

        // observing pages nobody
        var standing = _settings.Mode is Mode.Observe or Mode.Off
            ? []
            : _book.Resources.Values.ToDictionary(r => r.Key);
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

    private static Notification Notification(ResourceKey resource, StuckResource stuck, DateTimeOffset endsAt) => new()
    {
        IncidentId = stuck.Id,
        Resource = resource.Display,
        Labels = new Dictionary<string, string> {
            ["cluster"] = resource.Cluster,
            ["namespace"] = resource.Namespace,
            ["resource"] = resource.Display },
        Problem = "engine-cannot-handle",
        Severity = "critical",
        Message = $"Remediator cannot handle {resource.Display}: decisions about it fail, so what they are about is not repaired and "
            + "nobody is told of it",
        Reason = stuck.Reason,
        Tried = [],
        NextStep = "take care of the resource by hand; the log and 'remediator audit list --dead-letters' say more",
        Evidence = "",
        StartsAt = stuck.Since,
        EndsAt = endsAt,
    };

    /// <param name="Id">In place of an incident's.</param>
    private sealed record Failing(
        string Id, DateTimeOffset Since, int Count, DateTimeOffset LastAt, string Reason, bool IsLogged = false);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2811, Level = LogLevel.Error,
            Message = "{Resource} cannot be handled: every decision about it fails; people are told")]
        public static partial void Stuck(ILogger logger, Exception e, string resource);

        [LoggerMessage(
            EventId = 2814, Level = LogLevel.Warning,
            Message = "Resources that cannot be handled could not be written down or read; trying again soon")]
        public static partial void NotWritten(ILogger logger, Exception e);

        [LoggerMessage(
            EventId = 2812, Level = LogLevel.Error,
            Message = "People could not be told of resources that cannot be handled; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
