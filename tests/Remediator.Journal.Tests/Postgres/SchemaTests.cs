using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class SchemaTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.ClearAsync();

    [Fact]
    public async Task Replicas_ThatStartAtOnceOnAnEmptyDatabase_AllOpen()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => new TestStore(database: database), Token)));

        for (var i = 0; i < stores.Length; i++)
            Assert.Equal(
                new CommitResult.Committed(1), await stores[i].Journal.CommitAsync(Commit(Deployment($"r{i}"), 0, Event()), Token));
        Assert.Equal(
            [1, 2, 3],
            (await Task.WhenAll(stores.Select((s, i) => s.Journal.EventsAsync(Deployment($"r{i}"), Token)))).Select(e => e[0].Sequence));
        foreach (var store in stores)
            store.Dispose();
    }

    [Fact]
    public async Task Store_ThatIsClosedAndOpened_IsAsItWas()
    {
        using var store = new TestStore(database: database);
        await store.Journal.CommitAsync(
            Commit(Deployment(), 0, Event()) with { Due = Noon, Acquire = new("incident-1", [new("all", 1)], []) }, Token);
        await store.Inbox.AddAsync([Entry("a"), Entry("b")], Token);
        store.Close();
        store.Open();

        Assert.Equal(2, store.Metrics.InboxWaiting);
        Assert.Single(await store.DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token));
        Assert.Equal(new CommitResult.Committed(2), await store.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
        Assert.Equal([1, 2], (await store.Journal.EventsAsync(Deployment(), Token)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task OlderReplica_GoesOnWhileANewerOneHasMigrated_ButDoesNotStartAgain()
    {
        using var store = new TestStore(database: database);
        await database.RunAsync(
            "INSERT INTO schemaversions (scriptname, applied) VALUES ('0099-later.sql', now()); ALTER TABLE event ADD COLUMN later text");

        Assert.Equal(new CommitResult.Committed(1), await store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token));
        store.Close();

        var refusal = $"The database {database.Name} at {Place()} was written by a newer Remediator (its schema has "
            + $"0099-later.sql, unknown here). Run that version or a later one.";
        Assert.Equal(refusal, Assert.Throws<StoreUnavailableException>(store.Open).Message);
        Assert.Equal(refusal, Assert.Throws<StoreUnavailableException>(() => store.Audit.Incidents(new())).Message);
    }

    [Fact]
    public async Task Permits_OfAnOlderReplica_CountEachForItself()
    {
        using var store = new TestStore(database: database);
        await database.RunAsync(
            "INSERT INTO permit (budget, incident_id, since) VALUES ('all', 'old-1', '2026-11-23T12:00:00.0000000Z'), "
                + "('all', 'old-2', '2026-11-23T12:00:00.0000000Z')");

        Task<CommitResult> Ask(int atOnce) =>
            store.Journal.CommitAsync(Commit(Deployment(), 0, Event()) with { Acquire = new("new", [new("all", atOnce)], []) }, Token);

        Assert.IsType<CommitResult.PermitDenied>(await Ask(2));
        Assert.Equal(["old-1", "old-2"], (await store.Journal.HeldAsync(Token)).Permits.Select(p => p.Resource));
        Assert.Equal(new CommitResult.Committed(1), await Ask(3));
    }

    [Fact]
    public void Audit_OfADatabaseWithoutAJournal_IsSaidInWords()
    {
        var audit = new Journal.Audit.JournalAudit(Path.GetTempPath(), database.Connection, database.PasswordFile);

        Assert.Equal(
            $"The database {database.Name} at {Place()} contains no Remediator journal.",
            Assert.Throws<StoreUnavailableException>(() => audit.Incidents(new())).Message);
    }

    [Fact]
    public async Task Audit_WritesNothing_AndWaitsForNobody()
    {
        using var store = new TestStore(database: database);
        await store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await using var writer = await database.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync(Token);
        await using var turn = new Npgsql.NpgsqlCommand(Journal.Postgres.PostgresSession.TakeTurn, writer, transaction);
        await turn.ExecuteNonQueryAsync(Token);

        using var exported = new MemoryStream();
        Assert.Equal(
            1,
            await Task.Run(() => store.Audit.Export(exported, cancellationToken: Token), Token).WaitAsync(Wait.Patience, Token));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Place()
    {
        var settings = new Npgsql.NpgsqlConnectionStringBuilder(database.Connection);
        return $"{settings.Host}:{settings.Port}";
    }
}
