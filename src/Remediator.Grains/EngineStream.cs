using System.Text.Json;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>
/// A stream of the journal that belongs to the engine itself, with the sum of its events as its document. Several replicas may write at
/// once: the stream's version puts them in order.
/// </summary>
/// <param name="schema">Of the document; one of another schema is built again from the events.</param>
internal sealed class EngineStream<TBook>(IJournal journal, ResourceKey key, int schema, TBook empty, Func<TBook, Happened, TBook> after, TimeProvider time)
{
    public async Task<TBook> ReadAsync(CancellationToken cancellationToken) => await BookAsync(await journal.LoadAsync(key, cancellationToken), cancellationToken);

    /// <param name="tell">What there is to tell beside what the journal has; asked again when somebody else has written meanwhile.</param>
    /// <param name="tidy">What need not be kept any more.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="farewell">It is the last word of a fenced replica.</param>
    public async Task<TBook> TellAsync(
        Func<TBook, IReadOnlyList<Event>> tell, CancellationToken cancellationToken, Func<TBook, TBook>? tidy = null, string actor = Happened.Engine, string? traceId = null, bool farewell = false)
    {
        while (true)
        {
            var head = await journal.LoadAsync(key, cancellationToken);
            var before = await BookAsync(head, cancellationToken);
            var now = time.GetUtcNow();
            var trace = traceId ?? Guid.NewGuid().ToString("n");
            var events = tell(before).Select(e => new Happened(e, null, now, trace, actor)).ToList();
            var book = events.Aggregate(before, after);
            book = tidy is null ? book : tidy(book);
            if (events.Count == 0 || await journal.CommitAsync(Order(head, book, events, now, farewell), cancellationToken) is CommitResult.Committed)
            {
                return book;
            }
        }
    }

    private async Task<TBook> BookAsync(ResourceHead head, CancellationToken cancellationToken) => head switch
    {
        { Version: 0 } => empty,
        { Document: { } document } when head.DocumentSchema == schema => JsonSerializer.Deserialize<TBook>(document, EventCodec.Json)!,
        _ => (await journal.EventsAsync(key, cancellationToken)).Select(Happened.Read).Aggregate(empty, after),
    };

    private Commit Order(ResourceHead head, TBook book, List<Happened> events, DateTimeOffset now, bool farewell) => new()
    {
        Resource = key,
        ExpectedVersion = head.Version,
        At = now,
        Events = [.. events.Select(e => e.ToNewEvent())],
        Document = JsonSerializer.Serialize(book, EventCodec.Json),
        DocumentSchema = schema,
        Farewell = farewell,
    };
}
