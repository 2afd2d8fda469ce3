using System.Data.Common;
using System.Security.Cryptography;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Archive;

/// <summary>One archive file: an export of what is to leave the store, checked as an auditor would before anybody relies on it.</summary>
internal sealed class ArchiveFile(IStoreReader reader, string folder, StoredStub? previous, Cut cut, CheckpointKey key)
{
    private readonly Dictionary<string, CheckpointHead> _heads = (previous?.Heads ?? [])
        .ToDictionary(h => h.Resource, StringComparer.Ordinal);
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);

    public long Id { get; } = (previous?.Id ?? 0) + 1;

    public string Name => $"journal-{Id:D6}-up-to-{cut.Sequence}.jsonl";

    /// <summary>The newest archived event of every resource, in ordinal order.</summary>
    public IReadOnlyList<CheckpointHead> Heads => [.. _heads.Values.OrderBy(h => h.Resource, StringComparer.Ordinal)];

    /// <summary>Those that have an entry in this file.</summary>
    public IReadOnlyCollection<CheckpointHead> Streams => [.. _streams.Select(s => _heads[s])];

    /// <summary>Time of the newest entry in this file.</summary>
    public string NewestAt { get; private set; } = "";

    /// <returns>The file's SHA-256.</returns>
    /// <exception cref="StoreUnavailableException">The file cannot be written, or does not hold what it should.</exception>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            await reader.ReadAsync(connection => WriteAsync(path + ".new", connection), cancellationToken);
            var hash = await CheckAsync(path + ".new", cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
            return hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The archive {path} cannot be written: {e.Message}", e);
        }
    }

    private async Task<bool> WriteAsync(string path, DbConnection connection)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var lines = new ExportWriter(file, key.Fingerprint);
        foreach (var entry in StoreEntries.After(connection, previous, cut.Sequence))
        {
            lines.Write(entry);
            if (entry is not StoreEntry.Event(var e))
                continue;
            _heads[e.Resource] = new(e.Resource, e.Version, e.Hash);
            _streams.Add(e.Resource);
            // clocks of replicas differ a little: the newest entry is not always the last one
            NewestAt = string.CompareOrdinal(e.At, NewestAt) > 0 ? e.At : NewestAt;
            foreach (var over in ForgottenStreams.Of(e))
            {
                _heads.Remove(over.Resource);
                _streams.Remove(over.Resource);
            }
        }

        lines.End();
        file.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Nothing is deleted that is not in the file, and the file is what any auditor will find right.</summary>
    private async Task<string> CheckAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var report = await ExportVerifier.VerifyAsync(file, key.PublicKeyPem, cancellationToken: cancellationToken);
        if (!report.Ok || report.UnanchoredEntries > 0 || report.Entries != cut.Entries || report.LastCheckpoint?.Hash != cut.Hash)
            throw new StoreUnavailableException(
                $"Nothing is archived: {path} would not hold a journal that can be verified "
                    + $"({(report.Ok ? "it does not end at its checkpoint" : report.Faults[0].Message)}). See 'remediator "
                    + $"audit verify'.");
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}

/// <summary>The checkpoint up to which entries are archived.</summary>
internal sealed record Cut(long Id, long Sequence, long Entries, string Hash, string Key);
