using Remediator.Core.Journal;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class LeaseTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private TestStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ILeases Leases => _store.Store.Leases;

    public async ValueTask InitializeAsync()
    {
        await database.ClearAsync();
        _store = new TestStore(database: database);
    }

    [Fact]
    public async Task Lease_IsOneOwners_UntilItIsReleased()
    {
        Assert.True(await Leases.HoldAsync("pump", "a", Minute, Token));
        Assert.False(await Leases.HoldAsync("pump", "b", Minute, Token));
        Assert.True(await Leases.HoldAsync("pump", "a", Minute, Token));
        Assert.True(await Leases.HoldAsync("reconcile", "b", Minute, Token));

        await Leases.ReleaseAsync("pump", "b", Token);
        Assert.False(await Leases.HoldAsync("pump", "b", Minute, Token));
        await Leases.ReleaseAsync("pump", "a", Token);
        Assert.True(await Leases.HoldAsync("pump", "b", Minute, Token));
        Assert.False(await Leases.HoldAsync("pump", "a", Minute, Token));
    }

    [Fact]
    public async Task Lease_EndsByTheClockOfTheDatabase()
    {
        Assert.True(await Leases.HoldAsync("pump", "a", Minute, Token));
        await database.RunAsync("UPDATE lease SET until = clock_timestamp() + interval '59 seconds'");
        Assert.False(await Leases.HoldAsync("pump", "b", Minute, Token));

        await database.RunAsync("UPDATE lease SET until = clock_timestamp() - interval '1 microsecond'");

        Assert.True(await Leases.HoldAsync("pump", "b", Minute, Token));
        Assert.False(await Leases.HoldAsync("pump", "a", Minute, Token));
        await using var connection = await database.OpenAsync();
        await using var command =
            new Npgsql.NpgsqlCommand("SELECT until > clock_timestamp() + interval '50 seconds' FROM lease", connection);
        Assert.Equal(true, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task LeaseOfADeadMember_IsFreeAtOnce_AndTheDeadGetsNone()
    {
        var members = _store.Store.Members!;
        await members.TryInsertAsync(new("a", "active", false, DateTimeOffset.UnixEpoch, "{}"), 0, Token);
        members.WriteAs("a");
        Assert.True(await Leases.HoldAsync("pump", "a", Minute, Token));
        using var other = new TestStore(database: database);
        Assert.False(await other.Store.Leases.HoldAsync("pump", "b", Minute, Token));

        await members.TryUpdateAsync(new("a", "dead", true, DateTimeOffset.UnixEpoch, "{}"), 1, 1, Token);

        await Assert.ThrowsAsync<ReplicaFencedException>(() => Leases.HoldAsync("pump", "a", Minute, Token));
        Assert.True(await other.Store.Leases.HoldAsync("pump", "b", Minute, Token));
        await Assert.ThrowsAsync<ReplicaFencedException>(() => Leases.HoldAsync("pump", "a", Minute, Token));
        Assert.True(await other.Store.Leases.HoldAsync("pump", "b", Minute, Token));
    }

    [Fact]
    public async Task Owners_WhoAskAtOnce_ExactlyOneHasIt()
    {
        using var other = new TestStore(database: database);
        for (var round = 0; round < 20; round++)
        {
            var asked = await Task.WhenAll(Enumerable.Range(0, 8)
                .Select(i => (i % 2 == 0 ? Leases : other.Store.Leases).HoldAsync($"lease {round}", $"owner {i}", Minute, Token)));
            Assert.Single(asked, true);
        }
    }

    [Fact]
    public async Task Lease_DoesNotWaitForWriters()
    {
        await using var writer = await database.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync(Token);
        await using (var turn = new Npgsql.NpgsqlCommand(Journal.Postgres.PostgresSession.TakeTurn, writer, transaction))
            await turn.ExecuteNonQueryAsync(Token);

        Assert.True(await Leases.HoldAsync("pump", "a", Minute, Token).WaitAsync(Wait.Patience, Token));
        await _store.Store.Members!.TouchAsync("a", DateTimeOffset.UnixEpoch, Token).WaitAsync(Wait.Patience, Token);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }
}
