using System.Text.Json;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Membership;

/// <summary>Writes into the journal what becomes of replicas. Several may write at once: the stream's version puts them in order.</summary>
internal sealed class ReplicaLog(IJournal journal, ClusterName cluster, TimeProvider time)
{
    /// <param name="tell">What there is to tell beside what the journal has; asked again when somebody else has written meanwhile.</param>
    /// <param name="farewell">It is the last word of a fenced replica.</param>
    public async Task<ReplicaBook> TellAsync(Func<ReplicaBook, (ReplicaBook Book, IReadOnlyList<Event> Events)> tell, bool farewell, CancellationToken cancellationToken)
    {
        var key = ReplicaBook.Key(cluster.Name);
        while (true)
        {
            var head = await journal.LoadAsync(key, cancellationToken);
            var (book, events) = tell(await BookAsync(head, cancellationToken));
            if (events.Count == 0 || await journal.CommitAsync(Order(head, book, events, farewell), cancellationToken) is CommitResult.Committed)
            {
                return book;
            }
        }
    }

    private async Task<ReplicaBook> BookAsync(ResourceHead head, CancellationToken cancellationToken) => head switch
    {
        { Version: 0 } => ReplicaBook.Empty,
        { Document: { } document, DocumentSchema: ReplicaBook.Schema } => JsonSerializer.Deserialize<ReplicaBook>(document, EventCodec.Json)!,
        _ => (await journal.EventsAsync(head.Resource, cancellationToken)).Aggregate(ReplicaBook.Empty, (book, e) => book.After(Happened.Read(e).Event)),
    };

    private Commit Order(ResourceHead head, ReplicaBook book, IReadOnlyList<Event> events, bool farewell)
    {
        var now = time.GetUtcNow();
        var trace = Guid.NewGuid().ToString("n");
        return new()
        {
            Resource = head.Resource,
            ExpectedVersion = head.Version,
            At = now,
            Events = [.. events.Select(e => new Happened(e, null, now, trace, Happened.Engine).ToNewEvent())],
            Document = JsonSerializer.Serialize(book, EventCodec.Json),
            DocumentSchema = ReplicaBook.Schema,
            Farewell = farewell,
        };
    }
}
