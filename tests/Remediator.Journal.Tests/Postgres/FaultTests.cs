using Npgsql;
using Remediator.Core.Journal;
using Remediator.Journal.Format;
using Remediator.Journal.Postgres;
using Remediator.Journal.Settings;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class FaultTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faults-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private NpgsqlConnectionStringBuilder Settings => new(database.Connection);

    private string Place => $"{Settings.Host}:{Settings.Port}";

    public async ValueTask InitializeAsync() => await database.ClearAsync();

    [Fact]
    public void Password_ThatIsWrong_IsSaidInWords()
    {
        var file = Path.Combine(_folder.FullName, "wrong");
        File.WriteAllText(file, "wrong");

        Assert.Equal(
            $"The database {database.Name} at {Place} does not accept user {database.Name}: password authentication failed "
                + $"for user \"{database.Name}\". "
            + "Check the user (Journal:Postgres), its password (Journal:PostgresPasswordFile) and pg_hba.conf.",
            Refusal(o => o.PostgresPasswordFile = file));
    }

    [Fact]
    public void PasswordFile_ThatIsNotThere_IsSaidInWords()
    {
        var file = Path.Combine(_folder.FullName, "nowhere");

        Assert.StartsWith(
            $"The password of the database {database.Name} at {Place} cannot be read from {file} (Journal:PostgresPasswordFile): ",
            Refusal(o => o.PostgresPasswordFile = file), StringComparison.Ordinal);
    }

    [Fact]
    public void Database_ThatIsNotThere_IsSaidInWords() => Assert.Equal(
        $"The database nowhere at {Place} does not exist. Make it: CREATE DATABASE name OWNER {database.Name}.",
        Refusal(o => o.Postgres = new NpgsqlConnectionStringBuilder(o.Postgres) { Database = "nowhere" }.ConnectionString));

    [Fact]
    public void Server_ThatIsNotThere_IsSaidInWords() => Assert.Equal(
        $"The database {database.Name} at 127.0.0.1:1 cannot be reached: Connection refused. Is it running there "
            + $"(Journal:Postgres), and does the network allow the connection?",
        Refusal(o => o.Postgres = new NpgsqlConnectionStringBuilder(o.Postgres) { Host = "127.0.0.1", Port = 1 }.ConnectionString));

    [Fact]
    public async Task User_WhoMayNotMakeTables_IsSaidInWords()
    {
        await AsAdminAsync($"ALTER DATABASE {database.Name} OWNER TO CURRENT_USER");
        try
        {
            Assert.Equal(
                $"The database {database.Name} at {Place} denies user {database.Name} a permission it needs: permission "
                    + $"denied for database {database.Name}. "
                + "Make it the owner of the database, or grant CREATE on it.", Refusal());
        }
        finally
        {
            await AsAdminAsync($"ALTER DATABASE {database.Name} OWNER TO {database.Name}");
        }
    }

    [Fact]
    public async Task Connections_ThatAreUsedUp_AreSaidInWords()
    {
        await AsAdminAsync($"ALTER ROLE {database.Name} CONNECTION LIMIT 0");
        try
        {
            Assert.Equal(
                $"The database {database.Name} at {Place} has no connection left (too many connections for role "
                    + $"\"{database.Name}\"). Raise max_connections there, or close others.",
                Refusal());
        }
        finally
        {
            await AsAdminAsync($"ALTER ROLE {database.Name} CONNECTION LIMIT -1");
        }
    }

    [Fact]
    public async Task ReadOnlyDatabase_IsUnavailable_AndTakesCommitsWhenItIsWritable()
    {
        using var store = new TestStore(database: database);
        await AsAdminAsync($"ALTER ROLE {database.Name} SET default_transaction_read_only = on");
        await EndSessionsAsync();

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            // the first one may only notice that its connection is gone
            await Record.ExceptionAsync(() => store.Inbox.AddAsync([Entry()], Token));
            await store.Inbox.AddAsync([Entry()], Token);
        });

        Assert.StartsWith(
            $"The database {database.Name} at {Place} is read-only: a standby, or set so.", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await store.Journal.LoadAsync(Deployment(), Token)).Version);
        Assert.StartsWith(
            $"The database {database.Name} at {Place} is read-only", (await new StoreHealth(store.Store).CheckAsync(Token)).Problem,
            StringComparison.Ordinal);
        await AsAdminAsync($"ALTER ROLE {database.Name} RESET default_transaction_read_only");
        await EndSessionsAsync();
        await Record.ExceptionAsync(() => store.Inbox.AddAsync([Entry()], Token));
        Assert.Equal(new StoreStatus("", 1, 0), await WhenItWorksAsync(store));
    }

    [Fact]
    public async Task Connections_ThatAreCut_AreMadeAgain()
    {
        using var store = new TestStore(database: database);
        await store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await EndSessionsAsync();

        Assert.Equal(1, (await store.Journal.LoadAsync(Deployment(), Token)).Version);
        var e =
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
        Assert.StartsWith(
            $"The database {database.Name} at {Place} is stopping, starting or was restarted: terminating connection",
            e.Message,
            StringComparison.Ordinal);
        Assert.Equal(new CommitResult.Committed(2), await store.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
    }

    [Fact]
    public async Task Event_ThatSomebodyPutThere_FailsTheCommit_AndNothingElse()
    {
        using var store = new TestStore(database: database);
        await database.RunAsync(
            $"INSERT INTO event SELECT 7, '{Deployment()}', 1, 'e', null, 't', 1, '{StoredTime.Text(Noon)}', 'a', 't', 'p', 'h', 'h'");
        var broken = store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        var other = store.Journal.CommitAsync(Commit(Deployment("other"), 0, Event()), Token);

        await Assert.ThrowsAsync<ValuesRefusedException>(() => broken);
        Assert.Equal(new CommitResult.Committed(1), await other);
        Assert.Equal(8, Assert.Single(await store.Journal.EventsAsync(Deployment("other"), Token)).Sequence);
    }

    [Fact]
    public async Task Writer_WhoHasHisTurnForTooLong_IsSaidInWords_AndCanBeEnded()
    {
        using var store = new TestStore(database: database);
        await using var stuck = await database.OpenAsync();
        await using var transaction = await stuck.BeginTransactionAsync(Token);
        await using (var turn = new NpgsqlCommand(PostgresSession.TakeTurn, stuck, transaction))
            await turn.ExecuteNonQueryAsync(Token);

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Inbox.AddAsync([Entry()], Token));
        Assert.Equal(
            $"The database {database.Name} at {Place} has been locked by another writer for too long. See pg_stat_activity "
                + $"for a session 'remediator writer' in a transaction.",
            e.Message);
        await using (var patient = await database.OpenAsync())
        {
            PostgresSession.EndStuckWriters(patient, TimeSpan.FromMinutes(1));
            await using (var alive = new NpgsqlCommand("SELECT 1", stuck, transaction))
                Assert.Equal(1, await alive.ExecuteScalarAsync(Token));
            PostgresSession.EndStuckWriters(patient, TimeSpan.FromSeconds(5));
        }

        Assert.Equal(1, await store.Inbox.AddAsync([Entry()], Token));
    }

    [Theory]
    [InlineData("53100", "The disk of the database d at h:5 is full. Free space on it; nothing else needs to be done.")]
    [InlineData(
        "57014", "The database d at h:5 is too slow: a statement took longer than it may. See its load, its disk and pg_stat_activity.")]
    [InlineData("57P03", "The database d at h:5 is stopping, starting or was restarted: x.")]
    [InlineData("25P03", "The database d at h:5 has ended our transaction, because this process was stuck in it for too long.")]
    [InlineData("XX001", "The database d at h:5 is damaged (x). Stop all replicas and restore it from a backup.")]
    [InlineData("42703", "The database d at h:5 cannot be used: x (42703).")]
    public void Fault_IsExplainedInWords(string code, string words) =>
        Assert.Equal(
            words,
            PostgresFaults.Explain(
                new PostgresException("x", "ERROR", "ERROR", code),
                new PostgresSettings("Host=h;Port=5;Database=d;Username=u", "")).Message);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Refusal(Action<JournalOptions>? change = null) =>
        Assert.Throws<StoreUnavailableException>(() => new TestStore(Path.Combine(_folder.FullName, "data"), change, database)).Message;

    private static Task<StoreStatus> WhenItWorksAsync(TestStore store)
    {
        var health = new StoreHealth(store.Store);
        return Wait.ForAsync(
            "a store that works", async () => await health.CheckAsync(Token) is { Problem.Length: 0 } status ? status : null, Token,
            async () => (await health.CheckAsync(Token)).Problem);
    }

    private Task EndSessionsAsync() =>
        AsAdminAsync($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{database.Name}'");

    private async Task AsAdminAsync(string sql)
    {
        await using var connection = await database.OpenAsAdminAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
