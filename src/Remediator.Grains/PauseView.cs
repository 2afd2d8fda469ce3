using System.Text.Json;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety.Pauses;

namespace Remediator.Grains;

/// <summary>
/// What people have paused, from the store that all replicas share. It may be a moment old: the transaction of an intent refuses what was
/// decided on another version of it.
/// </summary>
internal sealed class PauseView(IJournal journal, ClusterName cluster, TimeProvider time) : IPauses
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<PauseReading>? _reading;
    private long _readAt;

    public ResourceKey Key => PauseBook.Key(cluster.Name);

    public Task<PauseReading> ReadAsync()
    {
        lock (_lock)
        {
            if (_reading is null || time.GetElapsedTime(_readAt) > GoodFor)
            {
                _reading = LoadAsync();
                _readAt = time.GetTimestamp();
            }

            return _reading;
        }
    }

    /// <summary>Somebody has just changed it, or may have.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _reading = null;
        }
    }

    public Task<CommandResult> PauseAsync(PauseScope scope, string reason, string actor, DateTimeOffset? until, string traceId, CancellationToken cancellationToken) =>
        WriteAsync((book, now) => book.Pause(scope, reason, until, now), actor, traceId, cancellationToken);

    public Task<CommandResult> ResumeAsync(PauseScope scope, string reason, string actor, string traceId, CancellationToken cancellationToken) =>
        WriteAsync((book, now) => book.Resume(scope, reason, now), actor, traceId, cancellationToken);

    private async Task<PauseReading> LoadAsync()
    {
        try
        {
            var (head, book) = await BookAsync(CancellationToken.None);
            return new([.. book.Pauses.Values], head.Version, null);
        }
        catch (Exception e) when (e is StoreUnavailableException or UnknownEventException or JsonException)
        {
            return new([], -1, e.Message);
        }
    }

    private async Task<(ResourceHead Head, PauseBook Book)> BookAsync(CancellationToken cancellationToken)
    {
        var head = await journal.LoadAsync(Key, cancellationToken);
        return (head, head switch
        {
            { Version: 0 } => PauseBook.Empty,
            { Document: { } document, DocumentSchema: PauseBook.Schema } => JsonSerializer.Deserialize<PauseBook>(document, EventCodec.Json)!,
            _ => (await journal.EventsAsync(Key, cancellationToken)).Select(Happened.Read).Aggregate(PauseBook.Empty, (book, happened) => book.After(happened)),
        });
    }

    /// <summary>Two may write at once: the stream's version puts them in order, and the second decides again.</summary>
    private async Task<CommandResult> WriteAsync(
        Func<PauseBook, DateTimeOffset, (Event? Event, CommandResult Result)> decide, string actor, string traceId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (head, book) = await BookAsync(cancellationToken);
            var now = time.GetUtcNow();
            if (decide(book, now) is not ({ } said, var result))
            {
                return decide(book, now).Result;
            }

            var happened = new Happened(said, null, now, traceId, actor);
            if (await journal.CommitAsync(Order(head, book.After(happened), happened), cancellationToken) is CommitResult.Committed)
            {
                Changed();
                return result;
            }
        }
    }

    private static Commit Order(ResourceHead head, PauseBook book, Happened happened) => new()
    {
        Resource = head.Resource,
        ExpectedVersion = head.Version,
        At = happened.At,
        Events = [happened.ToNewEvent()],
        Document = JsonSerializer.Serialize(book, EventCodec.Json),
        DocumentSchema = PauseBook.Schema,
    };
}
