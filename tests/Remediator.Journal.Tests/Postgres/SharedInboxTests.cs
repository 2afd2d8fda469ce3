using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class SharedInboxTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Inbox_ThatAnotherReplicaEmpties_HasRoomAgain()
    {
        await database.ClearAsync();
        using var one = new TestStore(database: database, configure: options => options.InboxLimit = 2);
        using var other = new TestStore(database: database);
        await one.Inbox.AddAsync([Entry("a"), Entry("b")], Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => one.Inbox.AddAsync([Entry("c")], Token));
        foreach (var row in await other.Inbox.WaitingAsync(0, 10, Token))
            await other.Inbox.DeadLetterAsync(row.Id, "room", Token);

        await Wait.UntilAsync("room in the inbox", async () => await one.Inbox.AddAsync([Entry("c")], Token) == 1, Token);

        Assert.Single(await other.Inbox.WaitingAsync(0, 10, Token));
    }

    [Fact]
    public async Task Replicas_WriteInOneLine_WithoutGaps()
    {
        await database.ClearAsync();
        var stores = Enumerable.Range(0, 3).Select(_ => new TestStore(database: database)).ToArray();

        var results = await Task.WhenAll(
            Enumerable.Range(0, 600).Select(i => stores[i % 3].Journal.CommitAsync(Commit(Deployment($"r{i / 2}"), 0, Event()), Token)));

        Assert.Equal(300, results.Count(result => result is CommitResult.Committed));
        Assert.Equal(300, results.Count(result => result is CommitResult.Conflict));
        using (var checkpointer = stores[0].Checkpointer(TimeProvider.System))
            await checkpointer.WriteAsync(Token);
        var report = stores[0].Audit.Verify(stores[0].Audit.PublicKeyPem(), cancellationToken: Token);
        Assert.Equal((true, 300, 300), (report.Ok, report.Entries, report.Resources));
        Array.ForEach(stores, store => store.Dispose());
    }
}
