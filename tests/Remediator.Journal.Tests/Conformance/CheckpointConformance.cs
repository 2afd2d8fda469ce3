using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Settings;
using Remediator.Journal.Sqlite;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class CheckpointConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private readonly FakeTimeProvider _time = new(Noon);

    private string PrivateFile => Path.Combine(Store.Folder, "checkpoint-key.pem");

    [Fact]
    public async Task Key_IsMadeOnce_ForItsOwnerOnly()
    {
        await LoadKeyAsync();
        var (made, published) = (File.ReadAllText(PrivateFile), Store.Audit.PublicKeyPem());
        await LoadKeyAsync();

        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", made, StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", published, StringComparison.Ordinal);
        Assert.Equal((made, published), (File.ReadAllText(PrivateFile), Store.Audit.PublicKeyPem()));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PrivateFile));
    }

    [Fact]
    public async Task Key_ThatSignedAndIsGone_StopsTheStart()
    {
        await WriteOneAsync();
        File.Delete(PrivateFile);

        Assert.StartsWith(
            $"{PrivateFile} is missing, and it signed this store's checkpoints",
            (await Assert.ThrowsAsync<StoreUnavailableException>(LoadKeyAsync)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PrivateFile));
    }

    [Fact]
    public async Task Key_OfAnotherStore_StopsTheStart()
    {
        await WriteOneAsync();
        using var other = new TestStore();
        using (var checkpointer = other.Checkpointer(_time))
            await checkpointer.LoadKeyAsync(Token);
        File.Copy(Path.Combine(other.Folder, "checkpoint-key.pem"), PrivateFile, overwrite: true);

        Assert.StartsWith(
            $"{PrivateFile} is not the key that signed this store's checkpoints",
            (await Assert.ThrowsAsync<StoreUnavailableException>(LoadKeyAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_ThatIsNamed_IsUsedAndNeverMade()
    {
        var file = Path.Combine(Store.Folder, "mounted", "key.pem");
        Store.Options.CheckpointKeyFile = file;
        Assert.Equal(
            $"The key {file} is missing (Journal:CheckpointKeyFile). Make one: openssl genpkey -algorithm EC -pkeyopt "
                + $"ec_paramgen_curve:P-256 -out {file}",
            (await Assert.ThrowsAsync<StoreUnavailableException>(LoadKeyAsync)).Message);
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem(), Token);
        await WriteOneAsync();

        Assert.False(File.Exists(PrivateFile));
        Assert.Equal((1, 1, 0), Report());
    }

    [Fact]
    public async Task Checkpointers_ThatTakeTurns_FollowOnEachOther()
    {
        using var one = Checkpointer();
        using var two = Checkpointer();
        for (var i = 0; i < 4; i++)
        {
            await Journal.CommitAsync(Commit(Deployment(), i, Event()), Token);
            await (i % 2 == 0 ? one : two).WriteAsync(Token);
        }

        Assert.Equal((4, 4, 0), Report());
    }

    [Fact]
    public async Task Checkpointers_ThatWriteAtOnce_WriteOneChain()
    {
        var checkpointers = Enumerable.Range(0, 4).Select(_ => Checkpointer()).ToArray();
        foreach (var checkpointer in checkpointers)
            await checkpointer.LoadKeyAsync(Token);
        for (var i = 0; i < 10; i++)
        {
            await Journal.CommitAsync(Commit(Deployment(), i, Event()), Token);
            await Task.WhenAll(checkpointers.Select(c => c.WriteAsync(Token)));
        }

        Assert.Equal((10, 10, 0), Report());
        Array.ForEach(checkpointers, c => c.Dispose());
    }

    [Fact]
    public async Task Checkpoint_IsWrittenOnlyForSomethingNew()
    {
        using var checkpointer = Checkpointer();
        await checkpointer.WriteAsync(Token);
        await Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event()), Token);
        Assert.Equal(2, await checkpointer.UncoveredAsync(Token));
        await checkpointer.WriteAsync(Token);
        await checkpointer.WriteAsync(Token);

        Assert.Equal(0, await checkpointer.UncoveredAsync(Token));
        Assert.Equal((2, 1, 0), Report());
    }

    [Fact]
    public async Task ManyEvents_AreCoveredBySeveralCheckpoints()
    {
        var events = Enumerable.Repeat(Event("{}"), 3000).ToArray();
        for (var i = 0; i < 4; i++)
            await Journal.CommitAsync(Commit(Deployment("all"), 3000 * i, events), Token);
        using var checkpointer = Checkpointer();
        await checkpointer.WriteAsync(Token);

        Assert.Equal((12_000, 2, 0), Report());
    }

    [Fact]
    public async Task Checkpoint_IsDueByCountOrByAge()
    {
        using var checkpointer = Checkpointer();
        using var service = Service(checkpointer);
        Assert.False(await service.IsDueAsync(Noon, Token));
        await Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event()), Token);

        Assert.False(await service.IsDueAsync(Noon, Token));
        Assert.False(await service.IsDueAsync(Noon.AddMinutes(5).AddTicks(-1), Token));
        Assert.True(await service.IsDueAsync(Noon.AddMinutes(5), Token));
        await checkpointer.WriteAsync(Token);
        Assert.False(await service.IsDueAsync(Noon.AddHours(1), Token));
        await Journal.CommitAsync(Commit(Deployment(), 2, Event(), Event(), Event()), Token);
        Assert.True(await service.IsDueAsync(Noon.AddHours(1), Token));
    }

    [Fact]
    public async Task Service_WritesWhatIsDue_AndTheRestWhenAllElseHasStopped()
    {
        using var checkpointer = Checkpointer();
        using var service = Service(checkpointer);
        await service.StartAsync(Token);
        await Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event(), Event()), Token);
        await Wait.UntilAsync("a checkpoint of three events", async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return await checkpointer.UncoveredAsync(Token) == 0;
        }, Token);

        await Journal.CommitAsync(Commit(Deployment(), 3, Event()), Token);
        await service.StopAsync(Token);
        await service.StoppedAsync(Token);

        Assert.Equal((4, 2, 0), Report());
    }

    [Fact]
    public async Task Service_TellsHowLongEntriesHaveWaited_UntilTheyAreCovered()
    {
        using var checkpointer = Checkpointer();
        using var service = Service(checkpointer);
        await service.StartAsync(Token);
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await AdvanceUntilAsync(() => Store.Metrics.CheckpointWait > TimeSpan.FromSeconds(5), "a wait of the uncovered entry");

        await Journal.CommitAsync(Commit(Deployment(), 1, Event(), Event()), Token);
        await AdvanceUntilAsync(() => Store.Metrics.CheckpointWait == TimeSpan.Zero, "an end of the wait");

        Assert.Equal(0, await checkpointer.UncoveredAsync(Token));
        await service.StopAsync(Token);
    }

    private Task AdvanceUntilAsync(Func<bool> isThere, string what) => Wait.UntilAsync(what, () =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return isThere();
    }, Token, () => $"The metric says {Store.Metrics.CheckpointWait}.");

    private async Task WriteOneAsync()
    {
        using var checkpointer = Checkpointer();
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await checkpointer.WriteAsync(Token);
    }

    private Checkpointer Checkpointer() => Store.Checkpointer(_time);

    private async Task LoadKeyAsync()
    {
        using var checkpointer = Checkpointer();
        await checkpointer.LoadKeyAsync(Token);
    }

    private CheckpointService Service(Checkpointer checkpointer) =>
        new(
            checkpointer, new SoleLeader(), Options.Create(new JournalOptions { CheckpointEvents = 3 }), Store.Metrics, _time,
            NullLogger<CheckpointService>.Instance);

    private (long Entries, long Checkpoints, long Unanchored) Report()
    {
        var audit = Store.Audit;
        var report = audit.Verify(audit.PublicKeyPem(), cancellationToken: Token);
        Assert.Empty(report.Faults);
        return (report.Entries, report.Checkpoints, report.UnanchoredEntries);
    }
}
