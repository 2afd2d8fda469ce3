using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Journal.Settings;

namespace Remediator.Journal.Writing;

/// <summary>
/// The one thread that writes. What waits while a commit runs shares the next one, so that many callers share one fsync; see
/// <see cref="WriteQueue"/>.
/// </summary>
internal sealed partial class GroupWriter : IDisposable
{
    private readonly IWriteEngine _engine;
    private readonly JournalMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue;
    private readonly int _queueLimit;
    private readonly Thread _thread;
    private IWriteSession? _session;
    private bool _isDown;

    public GroupWriter(IWriteEngine engine, JournalOptions options, JournalMetrics metrics, ILogger logger)
    {
        (_engine, _queueLimit, _metrics, _logger) = (engine, options.QueueLimit, metrics, logger);
        _queue = new(options.QueueLimit, options.BatchSize);
        _session = OpenSession();
        metrics.Queue = () => _queue.Count;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    /// <summary>A cancelled request wrote nothing: once its turn has come it runs to its end.</summary>
    public Task<T> WriteAsync<T>(IWrite<T> write, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var request = new WriteRequest<T>(write, cancellationToken);
        try
        {
            return _queue.TryAdd(request)
                ? request.Outcome
                : Task.FromException<T>(new StoreUnavailableException(
                    $"{_engine.Name} cannot keep up: {_queueLimit} writes are waiting already (Journal:QueueLimit). Try again."));
        }
        catch (InvalidOperationException e)
        {
            return Task.FromException<T>(new StoreUnavailableException($"{_engine.Name} is closed: the server is stopping.", e));
        }
    }

    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _engine.Dispose();
    }

    private void Run()
    {
        var taken = new List<WriteRequest>();
        while (_queue.Take(taken))
        {
            var waiting = taken.Where(request => !request.IsCancelled).ToLookup(request => request.IsFarewell);
            taken.Clear();
            foreach (var farewell in waiting[true])
                Commit([farewell]);
            if (waiting[false].Any())
                Commit([.. waiting[false]]);
        }

        _session?.Dispose();
    }

    private void Commit(List<WriteRequest> group)
    {
        var started = Stopwatch.GetTimestamp();
        var image = new Image { IsFarewell = group is [{ IsFarewell: true }] };
        var deciding = false;
        try
        {
            _session ??= OpenSession();
            group.ForEach(request => request.Ask(image));
            _session.Begin(image);
            deciding = true;
            group.ForEach(request => request.Decide(image));
            deciding = false;
            image.Complete();
            _session.Commit(image.Changes);
            Failpoint.Hit("after-commit");
        }
        catch (Exception e)
        {
            _session?.Dispose();
            _session = null;
            if (!deciding && !_engine.IsOfRequest(e) && !CannotBeSent(e))
                FailAll(group, _engine.Explain(e));
            else if (group is [var only])
                only.Fail(new ValuesRefusedException($"{_engine.Name} cannot keep this: {e.Message}", e));
            else
                group.ForEach(request => Commit([request])); // nothing is written, and only the one at fault must fail
            return;
        }

        _metrics.Committed([.. group.Select(request => request.Kind)], image.InboxChange, Stopwatch.GetElapsedTime(started));
        Report(group);
    }

    /// <summary>The driver refuses a value before it sends the group, whose last word is the COMMIT.</summary>
    private static bool CannotBeSent(Exception e) => e is ArgumentException or InvalidCastException or OverflowException;

    private void Report(List<WriteRequest> group)
    {
        if (_isDown)
        {
            _isDown = false;
            Log.Recovered(_logger, _engine.Name);
        }

        group.ForEach(request => request.Complete());
    }

    private IWriteSession OpenSession()
    {
        var session = _engine.Open();
        try
        {
            _metrics.InboxWaiting = session.CountInbox();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // Those behind the group would only wait for the same fault, each for its own second.
    private void FailAll(List<WriteRequest> group, Exception fault)
    {
        if (!_isDown)
        {
            _isDown = true;
            Log.Down(_logger, fault.Message, fault);
        }

        _queue.TakeAll(group);
        var farewells = fault is ReplicaFencedException ? group.FindAll(request => request.IsFarewell) : [];
        group.RemoveAll(farewells.Contains);
        foreach (var request in group)
            request.Fail(fault is ReplicaFencedException
                ? new ReplicaFencedException(fault.Message)
                : new StoreUnavailableException(fault.Message, fault.InnerException));
        farewells.ForEach(request => Commit([request]));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "The store accepts no commits: {Reason}")]
        public static partial void Down(ILogger logger, string reason, Exception fault);

        [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "{Store} accepts commits again")]
        public static partial void Recovered(ILogger logger, string store);
    }
}
