using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;
using Remediator.Journal.Chain;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Archive;

/// <summary>
/// Moves old entries to files. In this order, so that a crash at any point loses nothing: the file, checked as an auditor would; its signed
/// stub; only then the rows. The rows that a crash has left are deleted the next time.
/// </summary>
internal sealed partial class Archiver(Store store, IJournal journal, ClusterName cluster, IOptions<JournalOptions> options, TimeProvider time, ILogger<Archiver> logger)
{
    /// <summary>So many rows are deleted in one transaction: others write meanwhile.</summary>
    private const long PurgeAtOnce = 2_000;

    /// <summary>Null where nothing is archived, since nobody has said where to.</summary>
    public string? Folder { get; } = options.Value switch
    {
        { ArchiveFolder.Length: > 0 } named => Path.GetFullPath(named.ArchiveFolder),
        { Postgres.Length: > 0 } => null,
        _ => Path.Combine(store.Folder, "archive"),
    };

    /// <summary>Archives all whole checkpoints that are older than the time to keep and have no open incident.</summary>
    /// <returns>The new stub; null where there was nothing to archive.</returns>
    /// <exception cref="StoreUnavailableException">The store, its key or the folder of the archives cannot be used, or the file does not hold what it should.</exception>
    public async Task<StoredStub?> RunAsync(CancellationToken cancellationToken)
    {
        var previous = await store.Reader.ReadAsync(connection => Task.FromResult(StoreEntries.NewestStub(connection)), cancellationToken);
        await PurgeAsync(previous, cancellationToken);
        if (Folder is null || await FindCutAsync(previous, cancellationToken) is not { } cut)
            return null;
        using var key = CheckpointKey.Load(store.Folder, options.Value.CheckpointKeyFile, cut.Key);
        var stub = Sign(await WriteFileAsync(previous, cut, key, cancellationToken), key);
        await JournalAsync(stub, cancellationToken);
        if (!await store.Writer.WriteAsync(new StubWrite(stub), cancellationToken))
            return null;
        Log.Archived(logger, stub.File, stub.Sequence, stub.FileHash);
        await PurgeAsync(stub, cancellationToken);
        return stub;
    }

    /// <summary>The one way in which entries leave the store is itself an entry, and comes before it.</summary>
    private async Task JournalAsync(StoredStub stub, CancellationToken cancellationToken)
    {
        var resource = new ResourceKey(cluster.Name, "engine", "", "archive");
        var head = await journal.LoadAsync(resource, cancellationToken);
        var archived = new Happened(new JournalArchived(stub.Sequence, stub.Entries, stub.File, stub.FileHash), null, time.GetUtcNow(), ActivityTraceId.CreateRandom().ToHexString(), Happened.Engine);
        var result = await journal.CommitAsync(
            new() { Resource = resource, ExpectedVersion = head.Version, At = archived.At, Events = [archived.ToNewEvent()], Document = "{}", DocumentSchema = 0 }, cancellationToken);
        if (result is not CommitResult.Committed)
            throw new StoreUnavailableException("Another process archives at the same time; this one leaves it to that.");
    }

    private async Task PurgeAsync(StoredStub? stub, CancellationToken cancellationToken)
    {
        if (stub is null)
            return;
        var oldest = await store.Reader.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT COALESCE(MIN(sequence), 0) FROM event"), cancellationToken);
        for (var upTo = oldest - 1; oldest > 0 && upTo < stub.Sequence;)
        {
            upTo = Math.Min(upTo + PurgeAtOnce, stub.Sequence);
            await store.Writer.WriteAsync(new PurgeWrite(upTo, stub.CheckpointId), cancellationToken);
        }
    }

    private Task<Cut?> FindCutAsync(StoredStub? previous, CancellationToken cancellationToken) => store.Reader.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Cut>(
            """
            SELECT c.id AS Id, c.sequence AS Sequence, c.entries AS Entries, c.hash AS Hash, c.key AS Key
            FROM checkpoint c JOIN event e ON e.sequence = c.sequence
            WHERE c.id > @archived AND e.at < @before AND NOT EXISTS (
                SELECT 1 FROM incident i JOIN event o ON o.incident_id = i.id WHERE i.closed_at IS NULL AND o.sequence <= c.sequence)
            ORDER BY c.id DESC LIMIT 1
            """,
            new { archived = previous?.CheckpointId ?? 0, before = StoredTime.Text(time.GetUtcNow() - options.Value.KeepFor) }),
        cancellationToken);

    private async Task<StoredStub> WriteFileAsync(StoredStub? previous, Cut cut, CheckpointKey key, CancellationToken cancellationToken)
    {
        var id = (previous?.Id ?? 0) + 1;
        var name = $"journal-{id:D6}-up-to-{cut.Sequence}.jsonl";
        var path = Path.Combine(Folder!, name);
        var heads = (previous?.Heads ?? []).ToDictionary(h => h.Resource, StringComparer.Ordinal);
        try
        {
            Directory.CreateDirectory(Folder!);
            await store.Reader.ReadAsync(connection => WriteAsync(path + ".new", connection, previous, cut, key, heads), cancellationToken);
            var hash = await CheckAsync(path + ".new", cut, key, cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
            return new()
            {
                Id = id,
                Sequence = cut.Sequence,
                Entries = cut.Entries,
                CheckpointId = cut.Id,
                CheckpointHash = cut.Hash,
                At = StoredTime.Text(time.GetUtcNow()),
                File = name,
                FileHash = hash,
                Heads = [.. heads.Values.OrderBy(h => h.Resource, StringComparer.Ordinal)],
                Key = key.Fingerprint,
                Hash = "",
                Signature = ""
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The archive {path} cannot be written: {e.Message}", e);
        }
    }

    private static async Task<bool> WriteAsync(string path, DbConnection connection, StoredStub? previous, Cut cut, CheckpointKey key, Dictionary<string, CheckpointHead> heads)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var lines = new ExportWriter(file, key.Fingerprint);
        foreach (var entry in StoreEntries.After(connection, previous, cut.Sequence))
        {
            lines.Write(entry);
            if (entry is StoreEntry.Event(var e))
                heads[e.Resource] = new(e.Resource, e.Version, e.Hash);
        }

        lines.End();
        file.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Nothing is deleted that is not in the file, and the file is what any auditor will find right.</summary>
    private static async Task<string> CheckAsync(string path, Cut cut, CheckpointKey key, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var report = await ExportVerifier.VerifyAsync(file, key.PublicKeyPem, cancellationToken: cancellationToken);
        if (!report.Ok || report.UnanchoredEntries > 0 || report.Entries != cut.Entries || report.LastCheckpoint?.Hash != cut.Hash)
            throw new StoreUnavailableException(
                $"Nothing is archived: {path} would not hold a journal that can be verified ({(report.Ok ? "it does not end at its checkpoint" : report.Faults[0].Message)}). See 'remediator audit verify'.");
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    private static StoredStub Sign(StoredStub stub, CheckpointKey key)
    {
        var hash = StubHash.Compute(stub);
        return stub with { Hash = hash, Signature = key.Sign(hash) };
    }

    private sealed record Cut(long Id, long Sequence, long Entries, string Hash, string Key);

    private static partial class Log
    {
        [LoggerMessage(EventId = 7201, Level = LogLevel.Information, Message = "Archived the journal up to sequence {Sequence} to {File}, whose SHA-256 is {FileHash}")]
        public static partial void Archived(ILogger logger, string file, long sequence, string fileHash);
    }
}
