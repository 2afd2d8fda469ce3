using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Archive;

/// <summary>
/// Moves old entries to files. In this order, so that a crash at any point loses nothing: the file, checked as an auditor would; snapshots
/// of the streams that lose entries; the signed stub, which names both; only then the rows. The rows that a crash has left are deleted the
/// next time.
/// </summary>
internal sealed partial class Archiver(
    Store store, IJournal journal, ClusterName cluster, IOptions<JournalOptions> options, TimeProvider time, ILogger<Archiver> logger)
{
    /// <summary>So many rows are deleted in one transaction: others write meanwhile.</summary>
    private const long PurgeAtOnce = 2_000;

    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>Null where nothing is archived, since nobody has said where to.</summary>
    public string? Folder { get; } = options.Value switch
    {
        { ArchiveFolder.Length: > 0 } named => Path.GetFullPath(named.ArchiveFolder),
        { Postgres.Length: > 0 } => null,
        _ => Path.Combine(store.Folder, "archive"),
    };

    /// <summary>
    /// Archives all whole checkpoints that are older than the time to keep. No incident holds that back, however long it is open: what is
    /// known of it is in its stream's snapshot, and its beginning in the archive.
    /// </summary>
    /// <returns>The new stub; null where there was nothing to archive.</returns>
    /// <exception cref="StoreUnavailableException">
    /// The store, its key or the folder of the archives cannot be used, or the file does not hold what it should.
    /// </exception>
    public async Task<StoredStub?> RunAsync(CancellationToken cancellationToken)
    {
        var previous = await store.Reader.ReadAsync(connection => Task.FromResult(StoreEntries.NewestStub(connection)), cancellationToken);
        await PurgeAsync(previous, cancellationToken);
        if (Folder is null || await FindCutAsync(cancellationToken) is not { } cut || cut.Id <= previous?.CheckpointId)
            return null;
        using var key = CheckpointKey.Load(store.Folder, options.Value.CheckpointKeyFile, cut.Key);
        var file = new ArchiveFile(store.Reader, Folder, previous, cut, key);
        var fileHash = await file.WriteAsync(cancellationToken);
        var snapshots = await new Snapshots(store, journal, time).WriteAsync(file.Streams, cut.Sequence, cancellationToken);
        var stub = Sign(Stub(file, fileHash, cut, snapshots, key), key);
        await JournalAsync(stub, cancellationToken);
        if (!await store.Writer.WriteAsync(new StubWrite(stub, file.NewestAt), cancellationToken))
            return null;
        Log.Archived(logger, stub.File, stub.Sequence, stub.FileHash);
        await PurgeAsync(stub, cancellationToken);
        return stub;
    }

    /// <summary>The one way in which entries leave the store is itself an entry, and comes before it.</summary>
    private async Task JournalAsync(StoredStub stub, CancellationToken cancellationToken)
    {
        var resource = new ResourceKey(cluster.Name, ResourceKinds.Engine, "", "archive");
        var head = await journal.LoadAsync(resource, cancellationToken);
        var archived = new Happened(
            new JournalArchived(stub.Sequence, stub.Entries, stub.File, stub.FileHash), null, time.GetUtcNow(),
            ActivityTraceId.CreateRandom().ToHexString(), Happened.Engine);
        var result = await journal.CommitAsync(
            new() {
                Resource = resource,
                ExpectedVersion = head.Version,
                At = archived.At,
                Events = [archived.ToNewEvent()],
                Document = "{}",
                DocumentSchema = 0 },
            cancellationToken);
        if (result is not CommitResult.Committed)
            throw new StoreUnavailableException("Another process is archiving at the same time; this one leaves it to that one.");
    }

    private async Task PurgeAsync(StoredStub? stub, CancellationToken cancellationToken)
    {
        if (stub is null)
            return;
        var oldest =
            await store.Reader.ReadAsync(connection => connection.QuerySingleAsync<long>(Queries.OldestSequence.Sql), cancellationToken);
        for (var upTo = oldest - 1; oldest > 0 && upTo < stub.Sequence;)
        {
            upTo = Math.Min(upTo + PurgeAtOnce, stub.Sequence);
            await store.Writer.WriteAsync(new PurgeWrite(upTo, stub.CheckpointId), cancellationToken);
        }
    }

    private Task<Cut?> FindCutAsync(CancellationToken cancellationToken) => store.Reader.ReadAsync(
        connection => connection.QueryFirstOrDefaultAsync<Cut>(
            Queries.CheckpointBefore.Sql, new { before = StoredTime.Text(time.GetUtcNow() - Keep) }),
        cancellationToken);

    /// <summary>Records are counted from the entries of a window, which therefore stays whole.</summary>
    private TimeSpan Keep =>
        (options.Value.KeepFor ?? JournalOptions.UsuallyKept) is var keep && keep > RecordBook.Window + Margin
            ? keep
            : RecordBook.Window + Margin;

    private StoredStub Stub(ArchiveFile file, string fileHash, Cut cut, IReadOnlyList<CheckpointHead> snapshots, CheckpointKey key) => new()
    {
        Id = file.Id,
        Sequence = cut.Sequence,
        Entries = cut.Entries,
        CheckpointId = cut.Id,
        CheckpointHash = cut.Hash,
        At = StoredTime.Text(time.GetUtcNow()),
        File = file.Name,
        FileHash = fileHash,
        Heads = file.Heads,
        Snapshots = snapshots,
        Key = key.Fingerprint,
        Hash = "",
        Signature = ""
    };

    private static StoredStub Sign(StoredStub stub, CheckpointKey key)
    {
        var hash = StubHash.Compute(stub);
        return stub with { Hash = hash, Signature = key.Sign(hash) };
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 7201,
            Level = LogLevel.Information,
            Message = "Archived the journal up to sequence {Sequence} to {File}, whose SHA-256 is {FileHash}")]
        public static partial void Archived(ILogger logger, string file, long sequence, string fileHash);
    }
}
