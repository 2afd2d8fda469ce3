namespace Remediator.Core.Facts;

/// <summary>
/// What a container's status says of its runs, and the one definition of a crash loop, for facts and for actions: it is in back-off now, or
/// it has restarted twice, its last run was short and ended a short while ago, and it does not run well again. What ended with its machine
/// has not crashed.
/// </summary>
/// <param name="Waiting">The reason that it waits for; empty where it does not wait.</param>
/// <param name="Ended">Its present run, where that has ended.</param>
/// <param name="Last">The run before the present one.</param>
/// <param name="EndsWhenDone">An init container: once it has succeeded it does not run again.</param>
public readonly record struct ContainerRuns(
    int Restarts, bool Ready, string Waiting, DateTimeOffset? RunningSince, ContainerRun? Ended, ContainerRun? Last, bool EndsWhenDone)
{
    private const string BackOff = "CrashLoopBackOff";
    private const int ShareOfWindow = 10;

    /// <summary>The kubelet waits 10 s before a restart, then twice as long each time, and never more than 5 min.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>What one restart may take besides its wait on a busy node.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    /// <param name="window">10 min: a run that was shorter was a crash, and one that ended earlier is no news.</param>
    public bool IsCrashing(DateTimeOffset now, TimeSpan window) =>
        Waiting == BackOff
        || (Restarts >= 2
            && !IsDone
            && (Ended ?? Last) is { IsByNode: false } run
            && (run.EndedAt >= now - window || RunningSince >= now - window)
            && run.Length <= window
            && !IsWellAgain(now, window));

    /// <summary>It has ended since, however often: it is not known to be good.</summary>
    public bool HasEndedSince(DateTimeOffset since) => !IsDone && (Ended?.EndedAt >= since || Last?.EndedAt >= since);

    /// <summary>The earliest that the present loop can have begun, from its count of restarts: before that it ran well.</summary>
    /// <param name="seen">When it was first seen to crash; null where that is not known.</param>
    public DateTimeOffset BeganAfter(DateTimeOffset now, DateTimeOffset? seen)
    {
        var run = (Ended ?? Last)?.Length ?? TimeSpan.Zero;
        var (wait, all) = (FirstWait, TimeSpan.Zero);
        for (var restart = 0; restart <= Restarts && all < Longest; restart++)
        {
            all += wait + run + Slack;
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }

        // it is seen to crash at its second short run at the latest
        return seen is { } first && first - (run * 2) > now - all ? first - (run * 2) : now - all;
    }

    private bool IsDone => EndsWhenDone && Ended is { ExitCode: 0 };

    /// <summary>It is ready, and runs for longer than it did before it crashed.</summary>
    private bool IsWellAgain(DateTimeOffset now, TimeSpan window)
    {
        var enough = window / ShareOfWindow;
        var twice = (Last?.Length ?? TimeSpan.Zero) * 2;
        return Ready && RunningSince <= now - (twice > enough ? twice : enough);
    }
}

/// <summary>One run of a container that has ended.</summary>
/// <param name="BeganAt">Null where that is not known: a container that could not be started has no beginning.</param>
/// <param name="Reason">Why it ended; empty where that is not known.</param>
public readonly record struct ContainerRun(DateTimeOffset? BeganAt, DateTimeOffset? EndedAt, int ExitCode, string Reason = "")
{
    /// <summary>
    /// Its machine went down with it: the runtime, or the kubelet, found it gone after a start and can only say that. containerd says
    /// <c>Unknown</c> with exit code 255, the kubelet <c>ContainerStatusUnknown</c> with 137.
    /// </summary>
    public bool IsByNode => Reason is "Unknown" or "ContainerStatusUnknown";

    /// <summary>The API server writes 1970 for the beginning of a run that never began.</summary>
    public TimeSpan Length => BeganAt is { Year: > 1970 } began && EndedAt > began ? EndedAt.Value - began : TimeSpan.Zero;
}
