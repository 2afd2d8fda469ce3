using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Checkpoints;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly FakeTimeProvider _time = new(Noon);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PrivateFile => Path.Combine(_store.Folder, "checkpoint-key.pem");

    [Fact]
    public void Key_IsMadeOnce_ForItsOwnerOnly()
    {
        Checkpointer().Dispose();
        var (made, published) = (File.ReadAllText(PrivateFile), new JournalAudit(_store.Folder).PublicKeyPem());
        Checkpointer().Dispose();

        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", made, StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", published, StringComparison.Ordinal);
        Assert.Equal((made, published), (File.ReadAllText(PrivateFile), new JournalAudit(_store.Folder).PublicKeyPem()));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PrivateFile));
    }

    [Fact]
    public async Task Key_ThatSignedAndIsGone_StopsTheStart()
    {
        await WriteOneAsync();
        File.Delete(PrivateFile);

        Assert.StartsWith($"{PrivateFile} is missing, and it signed this store's checkpoints", Assert.Throws<StoreUnavailableException>(Checkpointer).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PrivateFile));
    }

    [Fact]
    public async Task Key_OfAnotherStore_StopsTheStart()
    {
        await WriteOneAsync();
        using var other = new TestStore();
        new Checkpointer(other.Store, _time, NullLogger<Checkpointer>.Instance).Dispose();
        File.Copy(Path.Combine(other.Folder, "checkpoint-key.pem"), PrivateFile, overwrite: true);

        Assert.StartsWith($"{PrivateFile} is not the key that signed this store's checkpoints", Assert.Throws<StoreUnavailableException>(Checkpointer).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_IsWrittenOnlyForSomethingNew()
    {
        using var checkpointer = Checkpointer();
        await checkpointer.WriteAsync(Token);
        await _store.Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event()), Token);
        Assert.Equal(2, checkpointer.Uncovered);
        await checkpointer.WriteAsync(Token);
        await checkpointer.WriteAsync(Token);

        Assert.Equal(0, checkpointer.Uncovered);
        Assert.Equal((2, 1, 0), Report());
    }

    [Fact]
    public async Task ManyEvents_AreCoveredBySeveralCheckpoints()
    {
        var events = Enumerable.Repeat(Event("{}"), 3000).ToArray();
        for (var i = 0; i < 4; i++)
            await _store.Journal.CommitAsync(Commit(Deployment("all"), 3000 * i, events), Token);
        using var checkpointer = Checkpointer();
        await checkpointer.WriteAsync(Token);

        Assert.Equal((12_000, 2, 0), Report());
    }

    [Fact]
    public async Task Checkpoint_IsDueByCountOrByAge()
    {
        using var checkpointer = Checkpointer();
        using var service = Service(checkpointer);
        Assert.False(service.IsDue(Noon));
        await _store.Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event()), Token);

        Assert.False(service.IsDue(Noon));
        Assert.False(service.IsDue(Noon.AddMinutes(5).AddTicks(-1)));
        Assert.True(service.IsDue(Noon.AddMinutes(5)));
        await checkpointer.WriteAsync(Token);
        Assert.False(service.IsDue(Noon.AddHours(1)));
        await _store.Journal.CommitAsync(Commit(Deployment(), 2, Event(), Event(), Event()), Token);
        Assert.True(service.IsDue(Noon.AddHours(1)));
    }

    [Fact]
    public async Task Service_WritesWhatIsDue_AndTheRestWhenAllElseHasStopped()
    {
        using var checkpointer = Checkpointer();
        using var service = Service(checkpointer);
        await service.StartAsync(Token);
        await _store.Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event(), Event()), Token);
        for (var tries = 0; checkpointer.Uncovered > 0; tries++)
        {
            Assert.True(tries < 600, "No checkpoint was written for three events.");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, Token);
        }

        await _store.Journal.CommitAsync(Commit(Deployment(), 3, Event()), Token);
        await service.StopAsync(Token);
        await service.StoppedAsync(Token);

        Assert.Equal((4, 2, 0), Report());
    }

    public void Dispose() => _store.Dispose();

    private async Task WriteOneAsync()
    {
        using var checkpointer = Checkpointer();
        await _store.Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await checkpointer.WriteAsync(Token);
    }

    private Checkpointer Checkpointer() => new(_store.Store, _time, NullLogger<Checkpointer>.Instance);

    private CheckpointService Service(Checkpointer checkpointer) =>
        new(checkpointer, Options.Create(new JournalOptions { CheckpointEvents = 3 }), _time, NullLogger<CheckpointService>.Instance);

    private (long Entries, long Checkpoints, long Unanchored) Report()
    {
        var audit = new JournalAudit(_store.Folder);
        var report = audit.Verify(audit.PublicKeyPem(), cancellationToken: Token);
        Assert.Empty(report.Faults);
        return (report.Entries, report.Checkpoints, report.UnanchoredEntries);
    }
}
