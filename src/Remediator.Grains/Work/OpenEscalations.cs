using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Engine;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>
/// What people were told of from this replica and is not over. People's systems forget what they are not told again, and the wake-ups that
/// tell them again are in the store: while it is away they are told from here, until the resource answers and decides for itself.
/// </summary>
internal sealed partial class OpenEscalations(
    People people, IGrainFactory grains, ActGate gate, TimeProvider time, ILogger<OpenEscalations> logger) : BackgroundService
{
    /// <summary>Of the time after which people's systems forget it. The engine tells them after a fifth of it.</summary>
    private const double Overdue = 0.4;

    /// <summary>
    /// Of the same time: how long its resource is waited for. A store that hangs must not keep the others waiting until they are forgotten.
    /// </summary>
    private const double Answering = 1.0 / 60;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Open> _open = new(StringComparer.Ordinal);

    /// <summary>How many are remembered: no more than are open, and those that ended elsewhere since they were last told.</summary>
    public int Count => _open.Count;

    /// <summary>People are told once in each turn, however often the grain asks.</summary>
    public bool WasTold(TellPeople job) => _open.TryGetValue(Key(job), out var open) && open.Job.Id == job.Id;

    public void Told(TellPeople job)
    {
        if (job.Closing)
        {
            _open.TryRemove(Key(job), out _);
        }
        else
        {
            _open[Key(job)] = new(job, time.GetTimestamp(), job.Notification.EndsAt - time.GetUtcNow());
        }
    }

    /// <summary>That a step waits, and that the incident is with people, are told each for itself.</summary>
    private static string Key(TellPeople job) => job.Notification.Waits is null ? job.IncidentId : $"{job.IncidentId}/waits";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, gate.Over);
        while (true)
        {
            var overdue = _open.Values.Where(o => time.GetElapsedTime(o.ToldAt) > o.Lasts * Overdue).ToList();
            // all at once: each waits for its own resource and for the slowest way, and the ways have bounds of their own
            await Task.WhenAll(overdue.Select(o => AskAsync(o, over.Token)));
            await Task.Delay(Pause, time, over.Token);
        }
    }

    /// <summary>A resource that answers tells people itself if they are to be told, wherever it lives now.</summary>
    private async Task AskAsync(Open open, CancellationToken stopping)
    {
        try
        {
            await grains.GetGrain<IResourceGrain>(open.Job.Resource.ToString())
                .WakeAsync()
                .WaitAsync(open.Lasts * Answering, time, stopping);
            _open.TryRemove(KeyValuePair.Create(Key(open.Job), open));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            Log.ToldAgain(logger, e, open.Job.Resource.Display, open.Job.IncidentId);
            await people.NotifyAsync("incident", open.Job.Notification with { EndsAt = time.GetUtcNow() + open.Lasts }, stopping);
            // unless the grain has said something newer meanwhile
            _open.TryUpdate(Key(open.Job), open with { ToldAt = time.GetTimestamp() }, open);
        }
    }

    /// <param name="ToldAt">A timestamp: the wall clock may be set.</param>
    /// <param name="Lasts">From when people were told until their systems forget it.</param>
    private sealed record Open(TellPeople Job, long ToldAt, TimeSpan Lasts);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2111,
            Level = LogLevel.Warning,
            Message = "{Resource} does not answer; people are told again of incident {Incident} as it was")]
        public static partial void ToldAgain(ILogger logger, Exception e, string resource, string incident);
    }
}
