using Microsoft.Data.Sqlite;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Storage;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class StoreOpeningTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("opening-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_parent.FullName, "data");

    [Fact]
    public async Task Store_ThatIsClosedAndOpened_IsAsItWas()
    {
        using var store = new TestStore(Folder);
        await store.Journal.CommitAsync(
            Commit(Deployment(), 0, Event()) with { Due = Noon, Acquire = new("incident-1", [new("all", 1)], []) }, Token);
        await store.Inbox.AddAsync([Entry("a"), Entry("b")], Token);
        store.Close();
        Assert.False(File.Exists(store.File + "-wal"));
        store.Open();

        Assert.Equal(2, store.Metrics.InboxWaiting);
        Assert.Equal(
            new ResourceHead(Deployment(), 1, """{"events":1}""", ResourceState.Schema),
            await store.Journal.LoadAsync(Deployment(), Token));
        Assert.Single(await store.DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token));
        Assert.Single(await store.Journal.PermitsAsync(Token));
        Assert.Equal(new CommitResult.Committed(2), await store.Journal.CommitAsync(Commit(Deployment(), 1, Event()), Token));
        Assert.Equal([1, 2], (await store.Journal.EventsAsync(Deployment(), Token)).Select(e => e.Sequence));
    }

    [Fact]
    public void Folder_IsMadeForItsOwnerOnly()
    {
        using var store = new TestStore(Folder);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
            foreach (var file in Directory.GetFiles(Folder))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void SecondStore_OnOneFolder_IsRefused_UntilTheFirstIsClosed()
    {
        using var first = new TestStore(Folder);
        Assert.Contains(
            "is in use by another running Remediator",
            Assert.Throws<StoreUnavailableException>(() => new TestStore(Folder)).Message,
            StringComparison.Ordinal);
        first.Close();
        new TestStore(Folder).Dispose();
    }

    [Fact]
    public void Folder_ThatIsAFile_IsSaidInWords()
    {
        File.WriteAllText(Folder, "");
        var e = Assert.Throws<StoreUnavailableException>(() => new TestStore(Folder));
        Assert.StartsWith($"The data folder {Folder} cannot be used: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsNoStore_IsRefused_AndTheFolderIsFreeAgain()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(JournalFolder.StoreFile(Folder), new string('x', 5000));
        var e = Assert.Throws<StoreUnavailableException>(() => new TestStore(Folder));
        Assert.StartsWith($"The store {JournalFolder.StoreFile(Folder)} is damaged", e.Message, StringComparison.Ordinal);
        File.Delete(JournalFolder.StoreFile(Folder));
        new TestStore(Folder).Dispose();
    }

    [Fact]
    public void Store_OfANewerProgram_IsRefused()
    {
        using var store = new TestStore(Folder);
        store.Close();
        using (var connection = SqliteConnections.Open(store.File, SqliteOpenMode.ReadWrite))
            SqliteConnections.Run(connection, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('0099-later.sql', '2030-01-01')");

        Assert.Equal(
            $"The store {store.File} was written by a newer Remediator (its schema has 0099-later.sql, unknown here). Run "
                + $"that version or a later one.",
            Assert.Throws<StoreUnavailableException>(store.Open).Message);
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
