using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Streams;

/// <summary>
/// A stream of the journal with the sum of its events: a resource's, or one that belongs to the engine itself. Several replicas may write
/// at once: the stream's version puts them in order.
/// </summary>
internal sealed class EventStream<TBook>(IJournal journal, ResourceKey key, StreamShape<TBook> shape, TimeProvider time)
    where TBook : class
{
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    /// <exception cref="UnreadableStreamException">
    /// A newer version has written here: this one must not act on what the stream says.
    /// </exception>
    public async Task<(long Version, TBook Book)> LoadAsync(CancellationToken cancellationToken)
    {
        var head = await journal.LoadAsync(key, cancellationToken);
        return (head.Version, shape.Read(head) ?? shape.Fold(head, await journal.EventsAsync(key, cancellationToken)));
    }

    /// <param name="tell">What there is to tell beside what the journal has; asked again when somebody else has written meanwhile.</param>
    /// <param name="tidy">What need not be kept any more.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="farewell">It is the last word of a fenced replica.</param>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task<TBook> AppendAsync(
        Func<TBook, IReadOnlyList<Event>> tell, CancellationToken cancellationToken, Func<TBook, TBook>? tidy = null,
        string actor = Happened.Engine, string? traceId = null, bool farewell = false)
    {
        while (true)
        {
            var (version, before) = await LoadAsync(cancellationToken);
            var now = time.GetUtcNow();
            var trace = traceId ?? Guid.NewGuid().ToString("n");
            var events = tell(before).Select(e => new Happened(e, null, now, trace, actor)).ToList();
            var book = events.Aggregate(before, shape.After);
            book = tidy is null ? book : tidy(book);
            if (events.Count == 0
                || await journal.CommitAsync(Order(version, book, events, now, farewell), cancellationToken) is CommitResult.Committed)
            {
                return book;
            }
        }
    }

    private Commit Order(long version, TBook book, List<Happened> events, DateTimeOffset now, bool farewell) => new()
    {
        Resource = key,
        ExpectedVersion = version,
        At = now,
        Events = [.. events.Select(e => e.ToNewEvent())],
        Document = shape.Write(book),
        DocumentSchema = shape.Schema,
        Farewell = farewell,
    };
}
