using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Remediator.Core.Engine;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>
/// Does the long work of this silo outside the grains, each job once at a time, and brings every result back to its grain.
/// </summary>
internal sealed partial class ActionRunner(
    JobWork work, OpenEscalations escalations, IGrainFactory grains, ActGate gate, TimeProvider time,
    ILogger<ActionRunner> logger) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    /// <summary>For a call to notice that it is to end. One that does not is not waited for.</summary>
    private static readonly TimeSpan Unwinding = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly ConcurrentDictionary<string, Job> _running = new(StringComparer.Ordinal);

    /// <summary>How many jobs go on.</summary>
    public int Count => _running.Count;

    /// <summary>
    /// Starts what is not running yet. Safe to be asked again and again. Once closed it starts nothing: due work asks another replica, or
    /// the next start.
    /// </summary>
    public void Ensure(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs)
        {
            // who has just committed an intent is the only one who may act on it, so that is begun to the last; a page is given back to the
            // last too
            if (gate.Over.IsCancellationRequested
                || (_closing.IsCancellationRequested && job is not (ApplyPlan or UndoPlan or CancelAct or ReleasePages)))
            {
                continue;
            }

            if (job is TellPeople tell && escalations.WasTold(tell))
            {
                continue;
            }

            // a clock that was set may end an act's time early; what is still going on here cannot be asked about
            if ((job is ProbePlan probe && IsActing(probe.Call.ActionId)) || (job is WatchAct watch && IsActing(watch.Call.ActionId)))
            {
                continue;
            }

            if (_running.TryAdd(job.Id, job))
            {
                Keep(Task.Run(() => RunAsync(job), CancellationToken.None));
            }
        }
    }

    /// <summary>
    /// Leaves looking and planning at once, since another replica can do it over; lets what changes something or tells people go on to its
    /// outcome for so long. What is not done by then is left with its intent, as in a crash.
    /// </summary>
    public async Task DrainAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await _closing.CancelAsync();
        await EndedAsync(within, cancellationToken);
        gate.End();
        await EndedAsync(Unwinding, cancellationToken);
    }

    public void Dispose() => _closing.Dispose();

    private async Task EndedAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(within, time, cancellationToken);
        try
        {
            while (!_tasks.IsEmpty)
            {
                await Task.WhenAll(_tasks.Keys).WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Keep(Task task)
    {
        _tasks[task] = true;
        _ = task.ContinueWith(
            t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private bool IsActing(string actionId) => _running.Values.OfType<ApplyPlan>().Any(a => a.Call.ActionId == actionId);

    private async Task RunAsync(Job job)
    {
        using var activity = Trace(job);
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["traceid"] = job.TraceId });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            gate.Over,
            job is ApplyPlan or UndoPlan or CancelAct or TellPeople or HoldPages or ReleasePages ? CancellationToken.None : _closing.Token);
        try
        {
            var result = await work.DoAsync(job, over.Token);
            if (job is TellPeople told)
            {
                escalations.Told(told);
            }

            await DeliverAsync(job, result, over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Log.Left(logger, job.Id);
        }
        catch (Exception e)
        {
            Log.Lost(logger, e, job.Id, job.Resource.Display);
        }
        finally
        {
            Forget(job);
        }
    }

    /// <summary>Before its result is delivered: the grain may want the same work again at once.</summary>
    private void Forget(Job job) => _running.TryRemove(KeyValuePair.Create(job.Id, job));

    /// <summary>The outcome has to reach the journal; until it does, it is brought again.</summary>
    private async Task DeliverAsync(Job job, JobResult result, CancellationToken stopping)
    {
        var message = Messages.Write(JobMessage.Of(result));
        var failures = 0;
        for (var wait = FirstRetry; ; wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
        {
            try
            {
                Forget(job);
                await grains.GetGrain<IResourceGrain>(job.Resource.ToString()).JobDoneAsync(message);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                failures = Failure.IsOfTheMoment(e) ? 0 : failures + 1;
                if (failures == StuckResources.Failures)
                {
                    // it fails the same way each time, and people hear of that; what the result said is asked for again when the resource
                    // is woken
                    throw;
                }

                Log.NotDelivered(logger, e, job.Id, wait.TotalSeconds);
                await Task.Delay(wait, time, stopping);
            }
        }
    }

    /// <summary>Outgoing calls carry the trace of the alert that began it all.</summary>
    private static Activity Trace(Job job)
    {
        var activity = new Activity(job.GetType().Name);
        var id = job.TraceId.Length == 32 && job.TraceId.All(char.IsAsciiHexDigitLower)
            ? job.TraceId
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.TraceId)))[..32];
        return activity.SetParentId(ActivityTraceId.CreateFromString(id), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded)
            .Start();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "{Job} is abandoned: the process is stopping")]
        public static partial void Left(ILogger logger, string job);

        [LoggerMessage(
            EventId = 2102, Level = LogLevel.Error,
            Message = "{Job} on {Resource} failed unexpectedly; it is started again when it is due")]
        public static partial void Lost(ILogger logger, Exception e, string job, string resource);

        [LoggerMessage(
            EventId = 2103, Level = LogLevel.Warning,
            Message = "The result of {Job} did not reach its resource; trying again in {Seconds} s")]
        public static partial void NotDelivered(ILogger logger, Exception e, string job, double seconds);
    }
}
