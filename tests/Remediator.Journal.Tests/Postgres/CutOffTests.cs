using Npgsql;
using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Postgres;

/// <summary>A server that crashes, and a writer that stands still, in the middle of transactions.</summary>
[Trait("Needs", "Postgres")]
public sealed class CutOffTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_ThatCrashesUnderLoad_LosesNothingThatWasAcknowledged_AndIsUsedAgainWhenItIsBack()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = PostgresDatabase.On(server.Admin);
        using var store = new TestStore(database: database);
        var writing = Enumerable.Range(0, 16).Select(i => UntilUnavailableAsync(store, $"r{i}")).ToArray();
        await Wait.UntilAsync(
            "writes before the crash", async () => (await store.Journal.LoadAsync(Deployment("r0"), Token)).Version > 20, Token);

        await server.CrashAsync();
        var acknowledged = await Task.WhenAll(writing).WaitAsync(Wait.Patience, Token);
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Inbox.AddAsync([Entry()], Token));
        Assert.EndsWith(
            "cannot be reached: Connection refused. Is it running there (Journal:Postgres), and does the network allow the connection?",
            e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Journal.LoadAsync(Deployment("r0"), Token));
        await server.UpAsync();

        await Wait.UntilAsync("a store that comes back by itself", async () =>
            (await new StoreHealth(store.Store).CheckAsync(Token)).Problem.Length == 0, Token);
        for (var i = 0; i < acknowledged.Length; i++)
        {
            var head = await store.Journal.LoadAsync(Deployment($"r{i}"), Token);
            Assert.InRange(head.Version, acknowledged[i], acknowledged[i] + 1);
            Assert.Equal(
                new CommitResult.Committed(head.Version + 1),
                await store.Journal.CommitAsync(Commit(Deployment($"r{i}"), head.Version, Event()), Token));
        }

        using (var checkpointer = store.Checkpointer(TimeProvider.System))
            await checkpointer.WriteAsync(Token);
        Assert.Empty(store.Audit.Verify(store.Audit.PublicKeyPem(), cancellationToken: Token).Faults);
    }

    [Fact]
    public async Task Writer_ThatStandsStillInItsTransaction_IsInNobodysWayForLong_AndItsTransactionIsGone()
    {
        await using var database = new PostgresDatabase();
        using var store = new TestStore(database: database);
        var folder = Directory.CreateTempSubdirectory("frozen-");
        using var writer = new WriterProcess(folder.FullName, 1_000_000, database);
        await Wait.UntilAsync("a writer that writes", () => writer.Said("taken").Count > 100, Token);
        await FreezeInTransactionAsync(writer, database);
        var acknowledged = writer.Said("taken");

        Assert.Equal(1, await store.Inbox.AddAsync([Entry("meanwhile")], Token));

        var waiting = (await store.Inbox.WaitingAsync(0, 1_000_000, Token)).Select(row => row.Alert.Fingerprint).ToHashSet();
        Assert.Empty(acknowledged.Select(i => $"{i}").Except(waiting));
        writer.Signal("CONT");
        await writer.EndAsync();
        Assert.NotEqual(0, writer.ExitCode);
        Assert.Contains(
            "has ended our transaction, because this process was stuck in it for too long.", writer.Errors, StringComparison.Ordinal);
        Assert.Empty(writer.Said("taken")
            .Select(i => $"{i}")
            .Except((await store.Inbox.WaitingAsync(0, 1_000_000, Token)).Select(row => row.Alert.Fingerprint)));
        folder.Delete(recursive: true);
    }

    /// <returns>The last version that was acknowledged.</returns>
    private static async Task<long> UntilUnavailableAsync(TestStore store, string name)
    {
        for (var version = 0L; ; version++)
        {
            try
            {
                Assert.Equal(
                    new CommitResult.Committed(version + 1),
                    await store.Journal.CommitAsync(Commit(Deployment(name), version, Event()), Token));
            }
            catch (StoreUnavailableException)
            {
                return version;
            }
        }
    }

    private static async Task FreezeInTransactionAsync(WriterProcess writer, PostgresDatabase database)
    {
        await using var watcher = await database.OpenAsAdminAsync();
        // since a while, because what was sent before it stopped may not have been read yet
        await using var look = new NpgsqlCommand(
            $"""
             SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Name}' AND application_name = 'remediator writer'
             AND state = 'idle in transaction' AND clock_timestamp() - state_change > interval '150 milliseconds'
             """, watcher);
        await Wait.UntilAsync("a writer that is stopped in a transaction", async () =>
        {
            writer.Signal("STOP");
            await Task.Delay(200, Token);
            if (await look.ExecuteScalarAsync(Token) is > 0L)
                return true;
            writer.Signal("CONT");
            return false;
        }, Token);
    }
}
