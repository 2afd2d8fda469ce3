using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Checkpoints;

/// <summary>Writes the checkpoints of an open store.</summary>
internal sealed partial class Checkpointer(
    Store store, IOptions<JournalOptions> options, TimeProvider time, ILogger<Checkpointer> logger) : IDisposable
{
    /// <summary>What one checkpoint covers at most: its heads have to fit on one line.</summary>
    public const int MostEvents = 10_000;

    private CheckpointKey? _key;

    /// <exception cref="Core.Journal.StoreUnavailableException">The store cannot be read, or its key is not the right one.</exception>
    public async Task LoadKeyAsync(CancellationToken cancellationToken) =>
        _key ??= CheckpointKey.Load(
            store.Folder, options.Value.CheckpointKeyFile, (await store.Reader.ReadAsync(NewestAsync, cancellationToken)).Key);

    /// <summary>How many events no checkpoint covers yet.</summary>
    public Task<long> UncoveredAsync(CancellationToken cancellationToken) => store.Reader.ReadAsync(
        connection => connection.QuerySingleAsync<long>(
            Queries.Uncovered.Sql), cancellationToken);

    /// <summary>Covers all that is durable now, in as many checkpoints as it takes, whoever else writes some.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await LoadKeyAsync(cancellationToken);
        var target = await store.Reader.ReadAsync(
            connection => connection.QuerySingleAsync<long>(Queries.NewestSequence.Sql), cancellationToken);
        while (await store.Reader.ReadAsync(connection => NextAsync(connection, target), cancellationToken) is { } checkpoint)
        {
            if (await store.Writer.WriteAsync(new CheckpointWrite(checkpoint), cancellationToken))
                Log.Written(logger, checkpoint.Id, checkpoint.Sequence, checkpoint.Hash, checkpoint.Signature, checkpoint.Key);
        }
    }

    public void Dispose() => _key?.Dispose();

    private static async Task<Last> NewestAsync(DbConnection connection) => await connection.QuerySingleOrDefaultAsync<Last>(
        Queries.NewestCheckpoint.Sql)
        ?? new Last(0, 0, 0, EventHash.None, null);

    /// <returns>The checkpoint that has to follow on the newest one; null where the target is covered.</returns>
    private async Task<StoredCheckpoint?> NextAsync(DbConnection connection, long target)
    {
        var last = await NewestAsync(connection);
        return last.Sequence < target ? await BuildAsync(connection, last, Math.Min(target, last.Sequence + MostEvents)) : null;
    }

    private async Task<StoredCheckpoint> BuildAsync(DbConnection connection, Last last, long sequence)
    {
        var span = new { after = last.Sequence, upTo = sequence };
        var heads = (await connection.QueryAsync<(string Resource, long Version, string Hash)>(
            Queries.HeadsOfSpan.Sql, span))
                .Select(row => new CheckpointHead(row.Resource, row.Version, row.Hash))
                .OrderBy(head => head.Resource, StringComparer.Ordinal);
        var checkpoint = new StoredCheckpoint
        {
            Id = last.Id + 1,
            Sequence = sequence,
            Entries = last.Entries + await connection.QuerySingleAsync<long>(Queries.CountSpan.Sql, span),
            At = StoredTime.Text(time.GetUtcNow()),
            Heads = [.. heads],
            Key = _key!.Fingerprint,
            PreviousHash = last.Hash,
            Hash = "",
            Signature = ""
        };
        var hash = CheckpointHash.Compute(checkpoint);
        return checkpoint with { Hash = hash, Signature = _key.Sign(hash) };
    }

    private sealed record Last(long Id, long Sequence, long Entries, string Hash, string? Key);

    private static partial class Log
    {
        [LoggerMessage(EventId = 7101, Level = LogLevel.Information,
            Message = "Checkpoint {Id} covers the journal up to sequence {Sequence}: hash {Hash}, signature {Signature}, key {Key}")]
        public static partial void Written(ILogger logger, long id, long sequence, string hash, string signature, string key);
    }
}
