using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Tokens;
using Remediator.Grains.Membership;
using Remediator.Journal;
using Remediator.Journal.Archive;
using Remediator.Journal.Audit;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Settings;

namespace Remediator.Grains.Tests.Streams;

/// <summary>
/// What is said once and has to hold for years: after archiving, in a newer version, back in the older one, and in both at once.
/// </summary>
public abstract class StreamConformance : IAsyncLifetime
{
    private const string Incident = "incident-1";

    private static readonly ResourceKey Api = new("test", "deployment", "shop", "api");

    /// <summary>Each kind of stream, with events after which something must never be forgotten.</summary>
    private static readonly Dictionary<string, (IVersion Version, Event[] Events)> Cases = new()
    {
        ["pauses"] = (
            new Version<PauseBook>(PauseBook.Stream, PauseBook.Key("test")),
            [new PauseBegan("namespace billing", "audit", null), new PauseBegan("namespace shop", "sale", null)]),
        ["standings"] = (
            new Version<Standings>(Standings.Stream, Standings.Key("test")),
            [
                new PlaybookDemoted("restart", Mode.Auto, Mode.Observe, "i1", "harm"),
                new PlaybookDemoted("scale", Mode.Auto, Mode.Approve, "i2", "too")]),
        ["tokens"] = (
            new Version<TokenBook>(TokenBook.Stream, TokenBook.Key("test")),
            [
                new TokenCreated("id1", "ada", "approver", "hash1", DateTimeOffset.UnixEpoch.AddYears(100)),
                new TokenCreated("id2", "bob", "viewer", "hash2", DateTimeOffset.UnixEpoch.AddYears(100)),
                new TokenRevoked("id1", "ada", "left")]),
        ["stuck resources"] = (
            new Version<StuckBook>(StuckBook.Stream, StuckBook.Key("test")),
            [
                new ResourceStuck("test/deployment/shop/odd", "s1", DateTimeOffset.UnixEpoch, "why"),
                new ResourceStuck("test/deployment/shop/api", "s2", DateTimeOffset.UnixEpoch, "why"),
                new ResourceWentOn("test/deployment/shop/api", "well")]),
        ["good revisions"] = (
            new Version<RevisionBook>(RevisionBook.Stream, RevisionBook.Key("test")),
            [
                new RevisionRanWell("test/deployment/shop/api", "u1", "r1"), new RevisionRanWell("test/deployment/shop/odd", "u2", "r1"),
                new RevisionStruckOff("test/deployment/shop/api", "u1", "r1", "why")]),
        ["replicas"] = (
            new Version<ReplicaBook>(ReplicaBook.Stream, ReplicaBook.Key("test")),
            [new ReplicaLost("b", "host-b", null, []), new ReplicaJoined("c", "host-c")]),
        ["stopped repairs"] = (
            new Version<ResourceState>(ResourceState.Stream, Api, Incident),
            [
                new IncidentOpened("restart-loop", "f1", null), Run, new RunEnded(RunOutcome.Verified, "well"),
                new RepairsStopped("restart-loop", [Incident]), new IncidentClosed(CloseReason.Verified, "well"),
                new IncidentOpened("disk-full", "f2", null)]),
        ["attempts and cooldown"] = (
            new Version<ResourceState>(ResourceState.Stream, Api, Incident),
            [
                new IncidentOpened("restart-loop", "f1", null), Run, new RunEnded(RunOutcome.Verified, "well"), Run,
                new Held("cooldown", "too soon", DateTimeOffset.UnixEpoch)]),
    };

    private static RunStarted Run => new()
    {
        RunId = "r1",
        Playbook = "restart",
        PlaybookRevision = "1",
        Source = "name: restart",
        With = new Dictionary<string, string>(),
        Mode = Mode.Auto,
        DefinitionsRevision = "1",
        DurationScale = 1,
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-");
    private readonly SettableClock _time = new();
    private readonly JournalOptions _options = new();
    private TimeSpan _offset;
    private IHost? _host;

    public static TheoryData<string> Streams => [.. Cases.Keys];

    private IJournal Journal => _host!.Services.GetRequiredService<IJournal>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task UseAsync(JournalOptions options);

    public async ValueTask InitializeAsync()
    {
        (_options.DataFolder, _options.ArchiveFolder) = (_folder.FullName, Path.Combine(_folder.FullName, "archive"));
        await UseAsync(_options);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton(new ClusterName("test"));
        builder.Services.AddJournal(o => (o.DataFolder, o.ArchiveFolder, o.Postgres, o.PostgresPasswordFile) = (
            _options.DataFolder, _options.ArchiveFolder, _options.Postgres, _options.PostgresPasswordFile));
        _host = builder.Build();
        // its services would archive and write checkpoints by themselves
        _ = _host.Services.GetRequiredService<IJournal>();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _host?.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Archived_ThenRaised_ThenLowered_ForgetsNothing(string stream)
    {
        var (older, events) = Cases[stream];
        var newer = older.Raised();
        await older.AppendAsync(Journal, _time, events[..^1]);
        var said = await older.ReadAsync(Journal);
        await ArchiveAsync();
        Assert.True((await Journal.EventsAsync(older.Key, Token))[0].Version > 1, "Nothing of the stream was archived.");

        Assert.Equal(said, await older.ReadAsync(Journal));
        Assert.Equal(said, await newer.ReadAsync(Journal));
        await newer.AppendAsync(Journal, _time, events[^1]);
        var more = await newer.ReadAsync(Journal);
        Assert.NotEqual(said, more);

        Assert.Equal(more, await older.ReadAsync(Journal));
        await older.AppendAsync(Journal, _time, events[^1]);
        Assert.Equal(await older.ReadAsync(Journal), await newer.ReadAsync(Journal));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task VersionsSideBySide_FoldTheEvents_AndTakeNoDocumentOfTheOther(string stream)
    {
        var (older, events) = Cases[stream];
        var newer =
            older.Raised(upgrade: _ => throw new InvalidOperationException("The document of an older version was taken for whole."));
        IVersion both = older;
        foreach (var e in events)
        {
            await both.AppendAsync(Journal, _time, e);
            Assert.Equal(await newer.ReadAsync(Journal), await older.ReadAsync(Journal));
            both = both == older ? newer : older;
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task ArchivedByANewerVersion_IsRefusedByTheOlder_AndStaysAsItIs(string stream)
    {
        var (older, events) = Cases[stream];
        var newer = older.Raised();
        await newer.AppendAsync(Journal, _time, events[..^1]);
        var said = await newer.ReadAsync(Journal);
        await ArchiveAsync();

        var refused = await Assert.ThrowsAsync<UnreadableStreamException>(() => older.ReadAsync(Journal));
        await Assert.ThrowsAsync<UnreadableStreamException>(() => older.AppendAsync(Journal, _time, events[^1]));

        Assert.Contains(
            $"was last written with schema {older.Schema + 1} of its document, this version reads up to {older.Schema}",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(said, await newer.ReadAsync(Journal));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task ArchivedTwice_ThenRaised_ForgetsNothing(string stream)
    {
        var (older, events) = Cases[stream];
        await older.AppendAsync(Journal, _time, events[..^1]);
        await ArchiveAsync();
        await older.AppendAsync(Journal, _time, events[^1]);
        var said = await older.ReadAsync(Journal);
        await ArchiveAsync();

        Assert.Equal(said, await older.Raised().ReadAsync(Journal));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task ArchivedWithoutASnapshot_AsItOnceWas_IsUpgraded_OrRefused(string stream)
    {
        var (older, events) = Cases[stream];
        await older.AppendAsync(Journal, _time, events);
        var said = await older.ReadAsync(Journal);
        await ArchiveAsync();
        var journal = new WithoutSnapshots(Journal);

        Assert.Equal(said, await older.ReadAsync(journal));
        Assert.Equal(said, await older.Raised().ReadAsync(journal));
        await Assert.ThrowsAsync<UnreadableStreamException>(() => older.Raised(upgrade: null).ReadAsync(journal));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void DocumentsOfEverySchemaBefore_CanBeRead_OrTheirStreamsWouldBeRefusedOnceTheyAreArchived(string stream) =>
        Assert.Equal(Enumerable.Range(1, Cases[stream].Version.Schema - 1), Cases[stream].Version.Upgrades.Order());

    private async Task ArchiveAsync()
    {
        await CheckpointAsync();
        _time.Set(_offset += TimeSpan.FromDays(401));
        Assert.NotNull(await _host!.Services.GetRequiredService<Archiver>().RunAsync(Token));
        await CheckpointAsync();
        var audit = new JournalAudit(_options.DataFolder, _options.Postgres, _options.PostgresPasswordFile);
        Assert.Empty(audit.Verify(audit.PublicKeyPem(), cancellationToken: Token).Faults);
    }

    private Task CheckpointAsync() => _host!.Services.GetRequiredService<Checkpointer>().WriteAsync(Token);
}
