using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>The one thread that writes. What waits while a commit runs shares the next one, so that many callers share one fsync.</summary>
internal sealed partial class SqliteWriter : IDisposable
{
    private readonly string _file;
    private readonly long _epoch;
    private readonly int _batchSize;
    private readonly JournalMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BlockingCollection<WriteRequest> _queue;
    private readonly Thread _thread;
    private WriteSession? _session;
    private bool _isDown;
    private long _sequence;

    public SqliteWriter(string file, Takeover takeover, JournalOptions options, JournalMetrics metrics, ILogger logger)
    {
        (_file, _epoch, _sequence, _batchSize, _metrics, _logger) = (file, takeover.Epoch, takeover.Sequence, options.BatchSize, metrics, logger);
        _queue = new BlockingCollection<WriteRequest>(options.QueueLimit);
        _session = OpenSession();
        metrics.Queue = () => _queue.Count;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    /// <summary>The newest sequence that is durable.</summary>
    public long Sequence => Interlocked.Read(ref _sequence);

    /// <summary>A cancelled request wrote nothing: once its turn has come it runs to its end.</summary>
    public Task<T> WriteAsync<T>(Func<WriteTransaction, T> write, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var request = new WriteRequest<T>(write, cancellationToken);
        try
        {
            return _queue.TryAdd(request)
                ? request.Outcome
                : Task.FromException<T>(new StoreUnavailableException(
                    $"The store {_file} is too slow for what comes in: {_queue.BoundedCapacity} writes wait already (Journal:QueueLimit). Try again."));
        }
        catch (InvalidOperationException e)
        {
            return Task.FromException<T>(new StoreUnavailableException($"The store {_file} is closed: the server is stopping.", e));
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        var group = new List<WriteRequest>(_batchSize);
        while (_queue.TryTake(out var first, Timeout.Infinite))
        {
            group.Clear();
            for (var request = first; request is not null; request = group.Count < _batchSize && _queue.TryTake(out var next) ? next : null)
            {
                if (!request.IsCancelled)
                    group.Add(request);
            }

            if (group.Count > 0)
                Commit(group);
        }

        _session?.Dispose();
    }

    private void Commit(List<WriteRequest> group)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            _session ??= OpenSession();
            var (failed, inboxChange) = _session.Commit(group);
            Failpoint.Hit("after-commit");
            Interlocked.Exchange(ref _sequence, _session.Sequence);
            _metrics.Committed(group.Count - failed.Count, inboxChange, Stopwatch.GetElapsedTime(started));
            Report(group, failed);
        }
        catch (Exception e)
        {
            _session?.Dispose();
            _session = null;
            FailAll(group, SqliteFaults.Explain(e, _file));
        }
    }

    private WriteSession OpenSession()
    {
        var session = new WriteSession(_file, _epoch);
        _metrics.InboxWaiting = session.CountInbox();
        return session;
    }

    private void Report(List<WriteRequest> group, IReadOnlyDictionary<WriteRequest, Exception> failed)
    {
        if (_isDown)
        {
            _isDown = false;
            Log.Recovered(_logger, _file);
        }

        foreach (var request in group)
        {
            if (failed.TryGetValue(request, out var fault))
                request.Fail(fault);
            else
                request.Complete();
        }
    }

    // Those behind the group would only wait for the same fault, each for its own second.
    private void FailAll(List<WriteRequest> group, StoreUnavailableException fault)
    {
        if (!_isDown)
        {
            _isDown = true;
            Log.Down(_logger, fault.Message, fault);
        }

        for (var waiting = _queue.Count; waiting > 0 && _queue.TryTake(out var request); waiting--)
            group.Add(request);
        foreach (var request in group)
            request.Fail(new StoreUnavailableException(fault.Message, fault.InnerException));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "The store takes no commits: {Reason}")]
        public static partial void Down(ILogger logger, string reason, Exception fault);

        [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "The store {File} takes commits again")]
        public static partial void Recovered(ILogger logger, string file);
    }
}
