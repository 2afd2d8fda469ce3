using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Remediator.Journal.Chain;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Checkpoints;

/// <summary>Writes the checkpoints of an open store.</summary>
internal sealed partial class Checkpointer : IDisposable
{
    /// <summary>What one checkpoint covers at most: its heads have to fit on one line.</summary>
    public const int MostEvents = 10_000;

    private readonly SqliteStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<Checkpointer> _logger;
    private readonly CheckpointKey _key;
    private Last _last;

    public Checkpointer(SqliteStore store, TimeProvider time, ILogger<Checkpointer> logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        using var connection = SqliteConnections.OpenReader(DataFolder.StoreFile(store.Folder));
        _last = Newest(connection);
        _key = CheckpointKey.Load(store.Folder, _last.Key);
    }

    /// <summary>How many events no checkpoint covers yet.</summary>
    public long Uncovered => _store.Writer.Sequence - _last.Sequence;

    /// <summary>Covers all that is durable now, in as many checkpoints as it takes.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        // Read again: a write whose outcome was unknown may be there after all.
        _last = await _store.Readers.ReadAsync(Newest, cancellationToken);
        for (var target = _store.Writer.Sequence; _last.Sequence < target;)
        {
            var checkpoint = await _store.Readers.ReadAsync(connection => Build(connection, Math.Min(target, _last.Sequence + MostEvents)), cancellationToken);
            await _store.Writer.WriteAsync(transaction => Insert(transaction, checkpoint), cancellationToken);
            _last = new Last(checkpoint.Id, checkpoint.Sequence, checkpoint.Entries, checkpoint.Hash, checkpoint.Key);
            Log.Written(_logger, checkpoint.Id, checkpoint.Sequence, checkpoint.Hash, checkpoint.Signature, checkpoint.Key);
        }
    }

    public void Dispose() => _key.Dispose();

    private static Last Newest(SqliteConnection connection) => connection.QuerySingleOrDefault<Last>(
        "SELECT id AS Id, sequence AS Sequence, entries AS Entries, hash AS Hash, key AS Key FROM checkpoint ORDER BY id DESC LIMIT 1")
        ?? new Last(0, 0, 0, EventHash.None, null);

    private StoredCheckpoint Build(SqliteConnection connection, long sequence)
    {
        var span = new { after = _last.Sequence, upTo = sequence };
        var heads = connection.Query<(string Resource, long Version, string Hash)>(
            """
            SELECT resource, version, hash FROM event e WHERE sequence > @after AND sequence <= @upTo
                AND NOT EXISTS (SELECT 1 FROM event n WHERE n.resource = e.resource AND n.version = e.version + 1 AND n.sequence <= @upTo)
            """, span).Select(row => new CheckpointHead(row.Resource, row.Version, row.Hash)).OrderBy(head => head.Resource, StringComparer.Ordinal);
        var checkpoint = new StoredCheckpoint
        {
            Id = _last.Id + 1,
            Sequence = sequence,
            Entries = _last.Entries + connection.QuerySingle<long>("SELECT COUNT(*) FROM event WHERE sequence > @after AND sequence <= @upTo", span),
            At = StoredTime.Text(_time.GetUtcNow()),
            Heads = [.. heads],
            Key = _key.Fingerprint,
            PreviousHash = _last.Hash,
            Hash = "",
            Signature = ""
        };
        var hash = CheckpointHash.Compute(checkpoint);
        return checkpoint with { Hash = hash, Signature = _key.Sign(hash) };
    }

    private static int Insert(WriteTransaction transaction, StoredCheckpoint checkpoint) => transaction.Execute(
        "INSERT INTO checkpoint (id, sequence, entries, at, heads, key, previous_hash, hash, signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        checkpoint.Id, checkpoint.Sequence, checkpoint.Entries, checkpoint.At, StoredJson.Heads(checkpoint.Heads), checkpoint.Key,
        checkpoint.PreviousHash, checkpoint.Hash, checkpoint.Signature);

    private sealed record Last(long Id, long Sequence, long Entries, string Hash, string? Key);

    private static partial class Log
    {
        [LoggerMessage(EventId = 7101, Level = LogLevel.Information,
            Message = "Checkpoint {Id} covers the journal up to sequence {Sequence}: hash {Hash}, signature {Signature}, key {Key}")]
        public static partial void Written(ILogger logger, long id, long sequence, string hash, string signature, string key);
    }
}
