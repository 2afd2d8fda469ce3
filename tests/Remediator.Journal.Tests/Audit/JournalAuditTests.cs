using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Audit;

public sealed class JournalAuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audit_LeavesTheFolderAsItWas(bool serverRuns)
    {
        using var store = await AuditedStore.CreateAsync();
        if (!serverRuns)
            store.Store.Close();
        var before = Files(store.Store.Folder);

        Assert.Empty(store.Audit.Incidents(new()));
        Assert.True(store.Audit.Verify(store.PublicKey, cancellationToken: Token).Ok);
        Assert.NotEmpty(store.Export());

        Assert.Equal(before, Files(store.Store.Folder));
        if (!serverRuns)
            store.Store.Open();
        await store.CommitAsync("a", 4, Event());
    }

    [Fact]
    public void Folder_WithoutAStore_IsSaidInWords()
    {
        var folder = Directory.CreateTempSubdirectory("empty-").FullName;
        var audit = new JournalAudit(folder);

        Assert.Equal(
            $"There is no journal in {folder} (no journal.db). Name the data folder of a server that has run (Journal:DataFolder).",
            Assert.Throws<StoreUnavailableException>(() => audit.Incidents(new())).Message);
        Assert.StartsWith(
            $"There is no public key {folder}/checkpoint-key.pub.pem", Assert.Throws<StoreUnavailableException>(audit.PublicKeyPem).Message,
            StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "journal.db"), "");
        Assert.Equal(
            $"{folder}/journal.db is not a journal of Remediator.",
            Assert.Throws<StoreUnavailableException>(() => audit.Incidents(new())).Message);
        Assert.Single(Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }

    private static (string, long, DateTime)[] Files(string folder) =>
        [.. new DirectoryInfo(folder)
            .GetFiles()
            .Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal))
            .Select(file => (file.Name, file.Length, file.LastWriteTimeUtc))
            .Order()];
}
