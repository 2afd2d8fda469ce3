using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class MembersTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private TestStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMembers Members => _store.Store.Members!;

    public async ValueTask InitializeAsync()
    {
        await database.ClearAsync();
        _store = new TestStore(database: database);
    }

    [Fact]
    public async Task Table_IsEmptyAtFirst_AndCountsEveryChange()
    {
        Assert.Equal((0, 0), await CountAsync());
        Assert.True(await Members.TryInsertAsync(Member("a"), 0, Token));
        Assert.True(await Members.TryInsertAsync(Member("b"), 1, Token));
        Assert.True(await Members.TryUpdateAsync(Member("a", status: "active"), 1, 2, Token));

        var table = await Members.ReadAsync(Token);

        Assert.Equal(3, table.Version);
        Assert.Equal([new(Member("a", status: "active"), 2), new(Member("b"), 1)], table.Members);
    }

    [Fact]
    public async Task Insert_OnAnotherTable_OrOfAKnownMember_ChangesNothing()
    {
        await Members.TryInsertAsync(Member("a"), 0, Token);

        Assert.False(await Members.TryInsertAsync(Member("b"), 0, Token));
        Assert.False(await Members.TryInsertAsync(Member("b"), 2, Token));
        Assert.False(await Members.TryInsertAsync(Member("a", status: "active"), 1, Token));
        Assert.Equal((1, 1), await CountAsync());
    }

    [Fact]
    public async Task Update_OnAnotherRowOrTable_OrOfAnUnknownMember_ChangesNothing()
    {
        await Members.TryInsertAsync(Member("a"), 0, Token);

        Assert.False(await Members.TryUpdateAsync(Member("a", status: "active"), 2, 1, Token));
        Assert.False(await Members.TryUpdateAsync(Member("a", status: "active"), 1, 0, Token));
        Assert.False(await Members.TryUpdateAsync(Member("b", status: "active"), 1, 1, Token));
        Assert.Equal((1, 1), await CountAsync());
        Assert.Equal("joining", Assert.Single((await Members.ReadAsync(Token)).Members).Member.Status);
    }

    [Fact]
    public async Task Writers_OfOneTableVersion_ExactlyOneWins()
    {
        var inserted = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Members.TryInsertAsync(Member($"m{i}"), 0, Token)));
        Assert.Single(inserted, true);
        Assert.Equal((1, 1), await CountAsync());
        var winner = Assert.Single((await Members.ReadAsync(Token)).Members);

        var updated = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Members.TryUpdateAsync(winner.Member with { Document = $"{i}" }, 1, 1, Token)));
        Assert.Single(updated, true);
        Assert.Equal((2, 1), await CountAsync());
    }

    [Fact]
    public async Task SignOfLife_ChangesNoVersion()
    {
        await Members.TryInsertAsync(Member("a"), 0, Token);
        await Members.TouchAsync("a", Noon.AddHours(1), Token);
        await Members.TouchAsync("unknown", Noon, Token);

        var table = await Members.ReadAsync(Token);
        Assert.Equal((1, 1, Noon.AddHours(1)), (table.Version, table.Members[0].Version, table.Members[0].Member.AliveAt));
    }

    [Fact]
    public async Task Dead_AreForgotten_OnceTheyAreOldEnough()
    {
        await Members.TryInsertAsync(Member("alive"), 0, Token);
        await Members.TryInsertAsync(Member("dead") with { IsDead = true }, 1, Token);
        await Members.TryInsertAsync(Member("dead lately") with { IsDead = true, AliveAt = Noon.AddMinutes(1) }, 2, Token);

        await Members.ForgetAsync(Noon.AddMinutes(1), Token);

        Assert.Equal(["alive", "dead lately"], (await Members.ReadAsync(Token)).Members.Select(m => m.Member.Id));
    }

    [Fact]
    public async Task Member_ThatIsDeclaredDead_WritesNoMore_WhoeverDeclaredIt()
    {
        using var other = new TestStore(database: database);
        await Members.TryInsertAsync(Member("a"), 0, Token);
        await Members.TryInsertAsync(Member("b"), 1, Token);
        Members.WriteAs("a");
        other.Store.Members!.WriteAs("b");
        Assert.Equal(new CommitResult.Committed(1), await _store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token));

        Assert.True(await other.Store.Members.TryUpdateAsync(Member("a") with { IsDead = true }, 1, 2, Token));

        var e =
            await Assert.ThrowsAnyAsync<ReplicaFencedException>(() => _store.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
        Assert.StartsWith("The other replicas have declared this one (a) dead and do its work.", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<ReplicaFencedException>(() => _store.Inbox.AddAsync([Entry()], Token));
        Assert.Equal(e.Message, (await new StoreHealth(_store.Store).CheckAsync(Token)).Problem);
        Assert.Equal(1, (await _store.Journal.LoadAsync(Deployment(), Token)).Version);
        Assert.Equal(new CommitResult.Committed(2), await other.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
        await Members.ForgetAsync(Noon.AddDays(1), Token);
        await Assert.ThrowsAnyAsync<ReplicaFencedException>(() => _store.Inbox.AddAsync([Entry()], Token));
    }

    [Fact]
    public async Task Farewell_IsTheOneThingThatTheDeadMayWrite()
    {
        await Members.TryInsertAsync(Member("a") with { IsDead = true }, 0, Token);
        Members.WriteAs("a");
        var writes = Enumerable.Range(0, 50)
            .Select(i => _store.Journal.CommitAsync(Commit(Deployment($"r{i}"), 0, Event()), Token))
            .ToList();

        var farewell = _store.Journal.CommitAsync(Commit(Deployment("farewell"), 0, Event()) with { Farewell = true }, Token);
        writes.AddRange(Enumerable.Range(50, 50).Select(i => _store.Journal.CommitAsync(Commit(Deployment($"r{i}"), 0, Event()), Token)));

        Assert.Equal(new CommitResult.Committed(1), await farewell);
        foreach (var write in writes)
            await Assert.ThrowsAsync<ReplicaFencedException>(() => write);
        Assert.Equal(1, (await _store.Journal.LoadAsync(Deployment("farewell"), Token)).Version);
    }

    [Fact]
    public async Task Member_ThatIsNotThereYet_Writes()
    {
        Members.WriteAs("a");

        Assert.Equal(1, await _store.Inbox.AddAsync([Entry()], Token));
    }

    [Fact]
    public async Task Writes_OfOneWhoIsBeingDeclaredDead_AreThereBefore_OrNever()
    {
        using var other = new TestStore(database: database);
        await Members.TryInsertAsync(Member("a"), 0, Token);
        Members.WriteAs("a");
        var writes = Enumerable.Range(0, 200)
            .Select(i => _store.Journal.CommitAsync(Commit(Deployment($"r{i}"), 0, Event()), Token))
            .ToArray();
        await writes[0];

        Assert.True(await other.Store.Members!.TryUpdateAsync(Member("a") with { IsDead = true }, 1, 1, Token));

        var known = await other.Inbox.AddAsync([Entry()], Token);
        var there = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => other.Journal.LoadAsync(Deployment($"r{i}"), Token)));
        for (var i = 0; i < writes.Length; i++)
        {
            if (there[i].Version == 1)
                Assert.IsType<CommitResult.Committed>(await writes[i]);
            else
                await Assert.ThrowsAnyAsync<ReplicaFencedException>(() => writes[i]);
        }

        Assert.Equal(1, known);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Member Member(string id, string status = "joining") => new(id, status, false, Noon, """{"port":11111}""");

    private async Task<(long Version, int Members)> CountAsync()
    {
        var table = await Members.ReadAsync(Token);
        return (table.Version, table.Members.Count);
    }
}
