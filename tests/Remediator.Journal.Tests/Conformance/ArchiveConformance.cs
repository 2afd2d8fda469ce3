using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Archive;
using Remediator.Journal.Audit;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Writing;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class ArchiveConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private static readonly ResourceKey Engine = new("prod", "engine", "", "archive");

    private readonly FakeTimeProvider _time = new(Noon);

    private string Folder => Path.Combine(Store.Folder, "archive");

    [Fact]
    public async Task OldEntries_GoToAFile_ThatVerifies_AndTheStoreGoesOnAndVerifies()
    {
        await CommitAsync("a", 0);
        await CommitAsync("b", 0);
        await CheckpointAsync();
        await CommitAsync("a", 2);
        _time.Advance(TimeSpan.FromDays(401));

        var stub = await ArchiveAsync();
        Assert.Equal((1, 4, 4), (stub!.Id, stub.Sequence, stub.Entries));
        await CommitAsync("b", 2);
        await CheckpointAsync();

        var store = Verify();
        Assert.Empty(store.Faults);
        // beside the two of b: that something was archived, and the snapshot of a, which went on
        Assert.Equal((10, 4, 0), (store.Entries, store.ArchivedEntries, store.UnanchoredEntries));
        Assert.Empty((await VerifyAsync(Export())).Faults);
        var file = await VerifyAsync(await File.ReadAllBytesAsync(Path.Combine(Folder, stub.File), Token));
        Assert.Empty(file.Faults);
        Assert.Equal((4, 0), (file.Entries, file.UnanchoredEntries));
        Assert.Equal(
            ["alert-observed", "alert-observed", "snapshot"], (await Journal.EventsAsync(Deployment("a"), Token)).Select(e => e.Type));
        var told = Assert.IsType<JournalArchived>(Happened.Read(Assert.Single(await Journal.EventsAsync(Engine, Token))).Event);
        Assert.Equal((4, stub.File, stub.FileHash), (told.Sequence, told.File, told.FileHash));
    }

    [Fact]
    public async Task SecondArchive_BeginsWithTheStubOfTheFirst()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        var first = await ArchiveAsync();
        await CommitAsync("a", 2);
        await CommitAsync("c", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));

        var second = await ArchiveAsync();

        Assert.Equal((2, 7), (second!.Id, second.Entries));
        Assert.Equal(["prod/deployment/shop/a", "prod/deployment/shop/c", "prod/engine//archive"], second.Heads.Select(h => h.Resource));
        var file = await VerifyAsync(await File.ReadAllBytesAsync(Path.Combine(Folder, second.File), Token));
        Assert.Empty(file.Faults);
        Assert.Equal((7, 2), (file.Entries, file.ArchivedEntries));
        Assert.NotEqual(first!.FileHash, second.FileHash);
        Assert.Empty(Verify().Faults);
    }

    [Fact]
    public async Task WhenEverythingIsArchived_NumbersGoOn()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        await ArchiveAsync();
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        await ArchiveAsync();
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));

        await CommitAsync("a", 2);

        Assert.Equal(
            (3, 4),
            (
                (await Journal.EventsAsync(Deployment("a"), Token))[0].Version,
                (await Journal.EventsAsync(Deployment("a"), Token))[1].Version));
        Assert.Empty(Verify().Faults);
    }

    [Fact]
    public async Task IncidentThatIsOpenFromTheStart_HoldsNothingBack()
    {
        await CommitAsync("watchdog", 0, closed: false);
        await CheckpointAsync();
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));

        Assert.Equal(4, (await ArchiveAsync())!.Sequence);

        Assert.Empty(await Journal.EventsAsync(Deployment("a"), Token));
        Assert.Equal("open", Assert.Single(Store.Audit.Incidents(new() { Open = true })).Status);
        Assert.Empty(Verify().Faults);
    }

    [Fact]
    public async Task IncidentWhoseEntriesAreArchived_NamesTheirFiles_AndOneThatIsForgottenToo()
    {
        var before = Id();
        await CommitAsync("a", 0, closed: false);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        var first = await ArchiveAsync();
        var between = Id();
        await CommitAsync("b", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        var second = await ArchiveAsync();
        await CommitAsync("c", 0);

        Assert.Equal((0, new(first!.File, second!.File)), Archived("incident-a-0"));
        Assert.Equal((0, new(second.File, second.File)), Archived("incident-b-0"));
        Assert.Equal((2, null), Archived("incident-c-0"));
        Assert.Equal(
            [first.File, second.File, null],
            new[] { before, between, Id() }.Select(id => Assert.IsType<IncidentLookup.NotFound>(Store.Audit.Incident(id)).Archive));
        Assert.Equal(
            new IncidentLookup.NotFound(second.File),
            await new StoreIncidents(Store.Store).FindAsync(between, Token));
    }

    /// <summary>A process that is stopped between the stub and the deletion has everything still.</summary>
    [Fact]
    public async Task IncidentThatGoesOnBehindTheArchive_NamesTheFileOfItsBeginning()
    {
        await CommitAsync("a", 0, closed: false);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        var first = await ArchiveAsync();
        await Journal.CommitAsync(
            Commit(Deployment("a"), (await Journal.LoadAsync(Deployment("a"), Token)).Version, Event(incident: "incident-a-0")) with
            {
                At = _time.GetUtcNow()
            },
            Token);

        Assert.Equal((1, new(first!.File, first.File)), Archived("incident-a-0"));
    }

    /// <summary>An older version has archived, and the time of its file is not known.</summary>
    [Fact]
    public async Task IncidentBehindAnArchiveOfAnOlderVersion_NamesTheLastFileOnly()
    {
        await CommitAsync("a", 0, closed: false);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        var first = await ArchiveAsync();
        await RunAsync(Database is null
            ? "DROP TRIGGER archive_is_not_updated; UPDATE archive SET newest_at = NULL"
            : "ALTER TABLE archive DISABLE TRIGGER archive_only_grows; UPDATE archive SET newest_at = NULL");

        Assert.Equal((0, new(null, first!.File)), Archived("incident-a-0"));
    }

    private (int Events, ArchivedEntries? Archived) Archived(string id) =>
        Store.Audit.Incident(id) is IncidentLookup.Found found ? (found.Events.Count, found.Archived) : (-1, null);

    /// <summary>Of an incident that is opened now.</summary>
    private string Id()
    {
        var bits = (UInt128)(ulong)_time.GetUtcNow().ToUnixTimeMilliseconds() << 32;
        return string.Concat(Enumerable.Range(0, 16).Select(i => IncidentIds.Alphabet[(int)(ulong)((bits >> (75 - (5 * i))) & 31)]));
    }

    [Fact]
    public async Task SealedSnapshot_ThatWasChangedOrTakenOut_IsFound()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        await CommitAsync("a", 2);
        _time.Advance(TimeSpan.FromDays(401));
        await ArchiveAsync();
        var lines = System.Text.Encoding.UTF8.GetString(Export()).Split('\n');
        var snapshot = Array.FindIndex(lines, l => l.Contains("\"type\":\"snapshot\"", StringComparison.Ordinal));

        Assert.Contains("\"snapshots\":[{\"resource\":\"prod/deployment/shop/a\",\"version\":5,", lines[1], StringComparison.Ordinal);
        var forged = ExportLine.Parse(System.Text.Encoding.UTF8.GetBytes(lines[snapshot])) is ExportLine.Event e ? e.ToStored() : null;
        forged = forged! with { Payload = forged.Payload.Replace("\"events\":4", "\"events\":3", StringComparison.Ordinal) };
        forged = forged with { Hash = EventHash.Compute(forged) };
        // whoever can write the store can chain the tail anew, but not sign the stub
        lines[snapshot] = System.Text.Encoding.UTF8.GetString(ExportLine.Event.Of(forged).ToBytes());
        var report = await VerifyAsync(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        Assert.Equal(
            "It is not the snapshot that the stub of the archive has sealed: it was replaced.", Assert.Single(report.Faults).Message);
    }

    [Fact]
    public async Task EngineThatWorksFromAnotherStateThanTheSnapshot_IsFound()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        await CommitAsync("a", 2);
        _time.Advance(TimeSpan.FromDays(401));
        await ArchiveAsync();
        Assert.Empty(Verify().Faults);

        await RunAsync("UPDATE resource_head SET document = '{\"events\":0}' WHERE resource = 'prod/deployment/shop/a'");

        Assert.Equal(
            "The engine works from another state than the snapshot that is version 5 of the resource: it was changed.",
            Assert.Single(Verify().Faults).Message);
    }

    [Fact]
    public async Task WhatHasHadItsTime_Goes_IsJournalled_AndMayBeginAnew()
    {
        await CommitAsync("gone", 0);
        await CommitAsync("busy", 0);
        await CommitAsync("open", 0, closed: false);
        await Inbox.RejectAsync([new("alertmanager", "no alert", "why", "trace", _time.GetUtcNow())], Token);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        await CommitAsync("busy", 2);
        await ArchiveAsync();

        await Retention().RunAsync(Token);

        Assert.Equal(["incident-busy-2", "incident-open-0"], Store.Audit.Incidents(new()).Select(i => i.Id));
        Assert.Empty(Store.Audit.DeadLetters());
        Assert.Equal(
            (0, 5),
            ((await Journal.LoadAsync(Deployment("gone"), Token)).Version, (await Journal.LoadAsync(Deployment("busy"), Token)).Version));
        var told = (await Journal.EventsAsync(Engine, Token)).Select(e => Happened.Read(e).Event).OfType<Forgotten>().ToList();
        Assert.Equal((2, 1), (told.Sum(f => f.Incidents), told.Sum(f => f.DeadLetters)));
        Assert.Contains("prod/deployment/shop/gone", told.SelectMany(f => f.Streams).Select(s => s.Resource));
        Assert.Empty(Verify().Faults);

        await CommitAsync("gone", 0);
        await CheckpointAsync();
        Assert.Empty(Verify().Faults);
        _time.Advance(TimeSpan.FromDays(401));
        var second = await ArchiveAsync();
        Assert.Empty((await VerifyAsync(await File.ReadAllBytesAsync(Path.Combine(Folder, second!.File), Token))).Faults);
        await Retention().RunAsync(Token);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        Assert.DoesNotContain("prod/deployment/shop/gone", (await ArchiveAsync())!.Heads.Select(h => h.Resource));
        Assert.Empty(Verify().Faults);
    }

    [Fact]
    public async Task ForgottenStream_WhoseChainWentOn_IsFound()
    {
        await CommitAsync("a", 0);
        var untrue = new Forgotten(0, 0, [new("prod/deployment/shop/a", 1, new string('0', 64))]);
        await Journal.CommitAsync(
            Commit(Engine, 0, new Happened(untrue, null, _time.GetUtcNow(), "trace", Happened.Engine).ToNewEvent()), Token);
        await CheckpointAsync();

        Assert.Contains(
            "It ends the chain of prod/deployment/shop/a at version 1, which is not the newest one.",
            Verify().Faults.Select(f => f.Message));
    }

    [Fact]
    public async Task WhatIsYoung_Stays()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(399));

        Assert.Null(await ArchiveAsync());
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Crash_BeforeTheRowsAreDeleted_IsMadeGoodTheNextTime()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        using var crash = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Archiver(new CancelsWhenArchived(crash)).RunAsync(crash.Token));

        Assert.Equal(2, (await Journal.EventsAsync(Deployment("a"), Token)).Count);
        Assert.Empty(Verify().Faults);
        Assert.Null(await ArchiveAsync());
        Assert.Empty(await Journal.EventsAsync(Deployment("a"), Token));
        Assert.Empty(Verify().Faults);
    }

    [Fact]
    public async Task NothingIsDeleted_ThatNoStubCovers()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => Store.Store.Writer.WriteAsync(new PurgeWrite(2, 0), Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Store.Writer.WriteAsync(new PurgeWrite(0, 2), Token));

        Assert.Equal((2, 1), (Verify().Entries, Verify().Checkpoints));
    }

    [Fact]
    public async Task StubThatWasChanged_IsFound()
    {
        await CommitAsync("a", 0);
        await CheckpointAsync();
        _time.Advance(TimeSpan.FromDays(401));
        await ArchiveAsync();
        var lines = System.Text.Encoding.UTF8.GetString(Export());

        foreach (var (part, forged) in new[] {
            ("\"sequence\":2", "\"sequence\":1"),
            ("\"file_hash\":\"", "\"file_hash\":\"0"),
            ("\"version\":2", "\"version\":1"),
            ("\"checkpoint_id\":1", "\"checkpoint_id\":2") })
        {
            var at = lines.IndexOf(part, StringComparison.Ordinal);
            Assert.True(at > 0, part);
            Assert.False(
                (await VerifyAsync(System.Text.Encoding.UTF8.GetBytes(lines[..at] + forged + lines[(at + part.Length)..]))).Ok, part);
        }
    }

    private Task<StoredStub?> ArchiveAsync() => Archiver(NullLogger<Archiver>.Instance).RunAsync(Token);

    private Archiver Archiver(ILogger<Archiver> logger)
    {
        Store.Options.ArchiveFolder = Folder;
        return new(Store.Store, Journal, new ClusterName("prod"), Options.Create(Store.Options), _time, logger);
    }

    private Retention Retention() => new(Store.Store, new ClusterName("prod"), Options.Create(Store.Options), _time);

    private async Task CommitAsync(string name, long version, bool closed = true)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var incident = $"incident-{name}-{version}";
        var row = new IncidentRow {
            Id = incident,
            Resource = Deployment(name),
            Problem = "p",
            Status = closed ? "closed" : "open",
            Summary = "s",
            OpenedAt = _time.GetUtcNow(),
            ClosedAt = closed ? _time.GetUtcNow() : null };
        var commit = Commit(
            Deployment(name), version, Event(incident: incident),
            Event(incident: incident)) with { At = _time.GetUtcNow(), Incidents = [row] };
        Assert.IsType<CommitResult.Committed>(await Journal.CommitAsync(commit, Token));
    }

    private async Task CheckpointAsync()
    {
        using var checkpointer = Store.Checkpointer(_time);
        await checkpointer.WriteAsync(Token);
    }

    private VerifyReport Verify() => Store.Audit.Verify(Store.Audit.PublicKeyPem(), cancellationToken: Token);

    private byte[] Export()
    {
        using var stream = new MemoryStream();
        Store.Audit.Export(stream, cancellationToken: Token);
        return stream.ToArray();
    }

    private async Task<VerifyReport> VerifyAsync(byte[] export) =>
        await ExportVerifier.VerifyAsync(new MemoryStream(export), Store.Audit.PublicKeyPem(), cancellationToken: Token);

    /// <summary>The stub is written when it is told; what comes after it does not happen.</summary>
    private sealed class CancelsWhenArchived(CancellationTokenSource source) : ILogger<Archiver>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => source.Cancel();
    }
}
