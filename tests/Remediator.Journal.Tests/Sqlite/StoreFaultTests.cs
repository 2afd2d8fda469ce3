using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Writing;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class StoreFaultTests : IDisposable
{
    private readonly TestStore _store = new(configure: options => (options.QueueLimit, options.BatchSize) = (2, 1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LockedStore_IsUnavailable_AndTakesCommitsWhenTheLockIsGone()
    {
        using (Lock())
        {
            var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Inbox.AddAsync([Entry()], Token));
            Assert.Equal(
                $"The store {_store.File} is locked by another program. Find it (fuser {_store.File}) and let it finish or stop it.",
                e.Message);
            Assert.Equal(0, (await _store.Journal.LoadAsync(Deployment(), Token)).Version);
        }

        Assert.Equal(1, await _store.Inbox.AddAsync([Entry()], Token));
    }

    [Fact]
    public async Task Health_SaysWhyNothingCanBeWritten_AndHowManyAlertsWaitWhenItCan()
    {
        var health = new StoreHealth(_store.Store);
        await _store.Inbox.AddAsync([Entry()], Token);
        await _store.Inbox.RejectAsync([new("alertmanager", "7", "not an object", "", DateTimeOffset.UnixEpoch)], Token);
        using (Lock())
        {
            Assert.StartsWith(
                $"The store {_store.File} is locked by another program.", (await health.CheckAsync(Token)).Problem,
                StringComparison.Ordinal);
        }

        Assert.Equal(new StoreStatus("", 1, 1), await health.CheckAsync(Token));
    }

    [Fact]
    public async Task StoreThatIsGone_IsUnavailable_AndTakesCommitsWhenItIsBack()
    {
        await LoseConnectionAsync();
        File.Move(_store.File, _store.File + ".away");

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Inbox.AddAsync([Entry()], Token));

        Assert.Equal(
            $"The store {_store.File} cannot be opened. Is it there, and may this user read and write it and its folder?", e.Message);
        Assert.False(File.Exists(_store.File));
        File.Move(_store.File + ".away", _store.File);
        Assert.Equal(1, await _store.Inbox.AddAsync([Entry()], Token));
        Assert.Equal(1, _store.Metrics.InboxWaiting);
    }

    [Fact]
    public async Task FullQueue_RefusesFurtherWrites_InWords()
    {
        using var held = Lock();
        var waiting = new List<Task>();
        Task refused;
        while (!(refused = _store.Store.Writer.WriteAsync(new TouchWrite(), Token)).IsFaulted)
            waiting.Add(refused);

        Assert.Equal(
            $"The store {_store.File} cannot keep up: 2 writes are waiting already (Journal:QueueLimit). Try again.",
            (await Assert.ThrowsAsync<StoreUnavailableException>(() => refused)).Message);
        foreach (var write in waiting)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
    }

    [Fact]
    public async Task CancelledWrite_ThatWaited_WroteNothing()
    {
        using var leave = new CancellationTokenSource();
        Task<int> first, second;
        using (Lock())
        {
            first = _store.Inbox.AddAsync([Entry("first")], Token);
            second = _store.Inbox.AddAsync([Entry("second")], leave.Token);
            await leave.CancelAsync();
        }

        await Task.WhenAny(first, Task.Delay(TimeSpan.FromSeconds(30), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.DoesNotContain(await _store.Inbox.WaitingAsync(0, 10, Token), row => row.Alert.Fingerprint == "second");
    }

    [Fact]
    public async Task ClosedStore_IsUnavailable()
    {
        var (journal, inbox) = (_store.Journal, _store.Inbox);
        _store.Close();

        Assert.Contains(
            "is closed",
            (await Assert.ThrowsAsync<StoreUnavailableException>(() => inbox.AddAsync([Entry()], Token))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "is closed",
            (await Assert.ThrowsAsync<StoreUnavailableException>(() => journal.LoadAsync(Deployment(), Token))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoWritersOfOneFile_TheOlderIsFenced()
    {
        File.Delete(Path.Combine(_store.Folder, "data.lock"));
        using var newer = new TestStore(_store.Folder);

        var e =
            await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token));

        Assert.Equal(
            "Another Remediator has taken this store over (its epoch is 2, this process started with 1). Stop this process.", e.Message);
        Assert.Equal(new CommitResult.Committed(1), await newer.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Inbox.AddAsync([Entry()], Token));
    }

    [Fact]
    public async Task FullDisk_IsUnavailable_AndTakesCommitsWhenThereIsSpace()
    {
        using var disk = SmallDisk.TryMount(megabytes: 3);
        Assert.SkipWhen(disk is null, "A small disk can only be mounted by root.");
        using var store = new TestStore(disk.Folder);
        await store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        var ballast = Path.Combine(disk.Folder, "ballast");
        await disk.FillAsync(ballast, Token);

        StoreUnavailableException? e = null;
        for (var version = 1; e is null && version < 1000; version++)
            e = await Record.ExceptionAsync(() => store.Journal.CommitAsync(
                Commit(Deployment(), version, Event(new string('x', 100_000))), Token)) as StoreUnavailableException;

        Assert.NotNull(e);
        Assert.Contains("full", e.Message, StringComparison.Ordinal);
        File.Delete(ballast);
        var head = await store.Journal.LoadAsync(Deployment(), Token);
        Assert.Equal(
            new CommitResult.Committed(head.Version + 1),
            await store.Journal.CommitAsync(Commit(Deployment(), head.Version, Event()), Token));
        Assert.Equal(head.Version + 1, (await store.Journal.EventsAsync(Deployment(), Token)).Count);
    }

    [Theory]
    [InlineData(8, 8, "The store /d/journal.db is read-only. Make the file, its folder and its file system writable.")]
    [InlineData(
        10, 266, "The disk of the store /d/journal.db failed, or is full (SQLite I/O error 266). See the kernel's log and the free space.")]
    [InlineData(11, 11, "The store /d/journal.db is damaged (SQLite Error 11: 'x'.). Stop the server and restore the file from a backup.")]
    [InlineData(13, 13, "The disk of the store /d/journal.db is full. Free space on it; nothing else needs to be done.")]
    public void Fault_IsExplainedInWords(int code, int extended, string words) =>
        Assert.Equal(
            words, SqliteFaults.Explain(new SqliteException($"SQLite Error {code}: 'x'.", code, extended), "/d/journal.db").Message);

    public void Dispose() => _store.Dispose();

    private SqliteConnection Lock()
    {
        var connection = SqliteConnections.Open(_store.File, SqliteOpenMode.ReadWrite);
        SqliteConnections.Run(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    private async Task LoseConnectionAsync()
    {
        using var held = Lock();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Inbox.AddAsync([Entry()], Token));
    }
}
