using System.Text.Json.Nodes;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Tests.Streams;

/// <summary>A stream as one version of the program reads and writes it.</summary>
internal interface IVersion
{
    ResourceKey Key { get; }

    int Schema { get; }

    /// <summary>Schemas whose documents it makes those of the next one.</summary>
    IEnumerable<int> Upgrades { get; }

    /// <summary>The next version, whose document has another shape.</summary>
    IVersion Raised();

    /// <param name="upgrade">How it reads a document of this version; null where it cannot.</param>
    IVersion Raised(Action<JsonObject>? upgrade);

    /// <returns>All that the stream says.</returns>
    Task<string> ReadAsync(IJournal journal);

    Task AppendAsync(IJournal journal, TimeProvider time, params IEnumerable<Event> events);
}

/// <param name="incident">What the events belong to; null for a stream of the engine.</param>
internal sealed class Version<TBook>(StreamShape<TBook> shape, ResourceKey key, string? incident = null) : IVersion
    where TBook : class
{
    public ResourceKey Key => key;

    public int Schema => shape.Schema;

    public IEnumerable<int> Upgrades => shape.Upgrades.Keys;

    public IVersion Raised() => Raised(_ => { });

    public IVersion Raised(Action<JsonObject>? upgrade) => new Version<TBook>(
        shape with
        {
            Schema = shape.Schema + 1,
            Upgrades = upgrade is null ? shape.Upgrades : new Dictionary<int, Action<JsonObject>>(shape.Upgrades)
                { [shape.Schema] = upgrade },
        },
        key,
        incident);

    public async Task<string> ReadAsync(IJournal journal) =>
        shape.Write((await Stream(journal, TimeProvider.System).LoadAsync(TestContext.Current.CancellationToken)).Book);

    public async Task AppendAsync(IJournal journal, TimeProvider time, params IEnumerable<Event> events)
    {
        foreach (var said in events)
        {
            var (version, book) = await Stream(journal, time).LoadAsync(TestContext.Current.CancellationToken);
            var happened = new Happened(said, incident, time.GetUtcNow(), "trace", Happened.Engine);
            var commit = new Commit
            {
                Resource = key,
                ExpectedVersion = version,
                At = happened.At,
                Events = [happened.ToNewEvent()],
                Document = shape.Write(shape.After(book, happened)),
                DocumentSchema = shape.Schema,
            };
            Assert.IsType<CommitResult.Committed>(await journal.CommitAsync(commit, TestContext.Current.CancellationToken));
        }
    }

    private EventStream<TBook> Stream(IJournal journal, TimeProvider time) => new(journal, key, shape, time);
}
