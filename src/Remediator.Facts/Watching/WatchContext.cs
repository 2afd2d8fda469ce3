using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Remediator.Facts.Watching;

/// <summary>What all list-watches of one cluster share.</summary>
/// <param name="noise">Random numbers from 0 to 1, from any thread.</param>
/// <param name="changed">Called when some store has changed.</param>
internal sealed class WatchContext(
    ApiServer server, FactsOptions options, TimeProvider time, Func<double> noise, FactsMetrics metrics, ILogger logger, Action changed)
{
    public ApiServer Server => server;
    public FactsOptions Options => options;
    public TimeProvider Time => time;
    public FactsMetrics Metrics => metrics;
    public ILogger Logger => logger;

    private static readonly TimeSpan SaidAgain = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, long> _said = new();

    /// <summary>
    /// Whether people have not read of such a failure for a while: one server that is away makes every watch fail, again and again. What
    /// it answers about one kind says nothing of the others.
    /// </summary>
    public bool IsNews(string kind, Exception failure)
    {
        var isOfAll = failure is HttpRequestException or IOException or StalledException
            or ApiFailureException { Status: >= HttpStatusCode.InternalServerError };
        var (sort, now) = ($"{failure.GetType().Name}{(isOfAll ? "" : $" of {kind}")}", time.GetTimestamp());
        return _said.TryGetValue(sort, out var said)
            ? time.GetElapsedTime(said, now) >= SaidAgain && _said.TryUpdate(sort, now, said)
            : _said.TryAdd(sort, now);
    }

    /// <summary>Says that some store has changed.</summary>
    public void Changed() => changed();

    /// <summary>A watch that ends sooner and has said nothing is not begun again at once.</summary>
    public TimeSpan ShortestWatch { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>About <see cref="FactsOptions.WatchSeconds"/>, each time another, so that watches do not end together.</summary>
    public int WatchSeconds() => Math.Max(1, (int)Math.Round(options.WatchSeconds * (0.8 + (0.2 * noise()))));

    /// <summary>Doubles with every failure up to the longest; of that, a random part between half and all.</summary>
    public TimeSpan Backoff(int failures)
    {
        var longest =
            Math.Min(options.FirstBackoff.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 16)), options.LongestBackoff.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * noise())));
    }

    public Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) => Task.Delay(pause, time, cancellationToken);

    public WatchDeadline Deadline(CancellationToken cancellationToken) => new(time, cancellationToken);
}

/// <summary>Cancels when nothing has happened for too long.</summary>
internal sealed class WatchDeadline : IDisposable
{
    private readonly CancellationTokenSource _passed;
    private readonly CancellationTokenSource _either;

    public WatchDeadline(TimeProvider time, CancellationToken cancellationToken)
    {
        _passed = new(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_passed.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public bool HasPassed => _passed.IsCancellationRequested;

    public void Extend(TimeSpan patience) => _passed.CancelAfter(patience);

    public void Dispose()
    {
        _either.Dispose();
        _passed.Dispose();
    }
}
