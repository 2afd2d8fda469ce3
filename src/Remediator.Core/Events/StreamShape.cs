using System.Text.Json;
using System.Text.Json.Nodes;
using Remediator.Core.Journal;

namespace Remediator.Core.Events;

/// <summary>What the events of a stream add up to, and how that is stored as the document of its head.</summary>
/// <remarks>
/// A document of this schema is taken as it is. One of another schema is not: an older program left out what it does not know, and of a
/// newer one this program would lose what it does not know with its next commit. Then the book is folded again from the events, from a
/// place before which nothing is missing. Where there is no such place the stream cannot be read, and nothing may be decided on it.
/// </remarks>
/// <param name="Schema">Raised whenever the shape of <typeparamref name="TBook"/> changes.</param>
public sealed record StreamShape<TBook>(int Schema, TBook Empty, Func<TBook, Happened, TBook> After)
    where TBook : class
{
    /// <summary>By schema: what makes its documents those of the next one, for streams whose events were archived meanwhile.</summary>
    public IReadOnlyDictionary<int, Action<JsonObject>> Upgrades { get; init; } = new Dictionary<int, Action<JsonObject>>();

    public string Write(TBook book) => JsonSerializer.Serialize(book, EventCodec.Json);

    /// <summary>The book in the head's own document; null where it has to be folded from the events.</summary>
    public TBook? Read(ResourceHead head) =>
        head.Version == 0 ? Empty : head.DocumentSchema == Schema && head.Document is { } document ? Parse(document) : null;

    /// <param name="events">All of the stream that the store still has, in order.</param>
    /// <exception cref="UnreadableStreamException">The store no longer has what this version could read it from.</exception>
    public TBook Fold(ResourceHead head, IReadOnlyList<JournalEvent> events)
    {
        var known = events.TakeWhile(e => e.Version <= head.Version).ToList();
        // The newest schema knows most. Of several the oldest: the more is folded by this program itself.
        var start = Starts(head, known).Where(s => CanRead(s.Schema)).MaxBy(s => s.Schema)
            ?? throw new UnreadableStreamException(
                $"{head.Resource} was last written with schema {head.DocumentSchema} of its document, this version reads up "
                    + $"to {Schema}, and the events before it are archived; run the version that wrote it, or a later one.");
        return known.Where(e => e.Version > start.Version)
            .Select(Happened.Read)
            .Aggregate(start.Document is null ? Empty : Upgraded(start), After);
    }

    private IEnumerable<Start> Starts(ResourceHead head, List<JournalEvent> events)
    {
        // a stream whose newest events are missing has no start but its head
        if (events.Count > 0 && events[^1].Version == head.Version)
        {
            if (events[0].Version == 1)
                yield return new(0, Schema, null);
            foreach (var e in events.Where(e => e.Type == Snapshot.Type))
            {
                var snapshot = (Snapshot)EventCodec.Read(e.Type, e.Schema, e.Payload);
                yield return new(e.Version, snapshot.DocumentSchema, snapshot.Document.GetRawText());
            }
        }

        if (head.Document is { } document)
            yield return new(head.Version, head.DocumentSchema, document);
    }

    private bool CanRead(int schema) =>
        schema == Schema || (schema < Schema && Enumerable.Range(schema, Schema - schema).All(Upgrades.ContainsKey));

    private TBook Upgraded(Start start)
    {
        if (start.Schema == Schema)
            return Parse(start.Document!);
        var document = JsonNode.Parse(start.Document!)!.AsObject();
        for (var schema = start.Schema; schema < Schema; schema++)
            Upgrades[schema](document);
        return document.Deserialize<TBook>(EventCodec.Json)!;
    }

    private static TBook Parse(string document) => JsonSerializer.Deserialize<TBook>(document, EventCodec.Json)!;

    /// <param name="Version">The last one that is in the document.</param>
    /// <param name="Document">Null for the beginning of the stream.</param>
    private sealed record Start(long Version, int Schema, string? Document);
}

/// <summary>
/// The state of a stream cannot be known to this version of the program: nothing may be decided on it, and nothing written to it.
/// </summary>
public class UnreadableStreamException(string message) : Exception(message);
