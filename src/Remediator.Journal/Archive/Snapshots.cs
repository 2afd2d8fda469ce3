using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Archive;

/// <summary>
/// Before the beginning of a stream is archived, the state that it has come to becomes an event of it, so that it can be folded from there.
/// The document is taken as its program wrote it: whoever folds knows how to read it, or that it cannot.
/// </summary>
internal sealed class Snapshots(Store store, IJournal journal, TimeProvider time)
{
    private const int AtOnce = 64;

    /// <summary>A stream that is written all the time is tried again.</summary>
    private const int Tries = 20;

    /// <param name="streams">Those that lose entries, and their newest ones among these.</param>
    /// <param name="upTo">The newest sequence that is to be archived.</param>
    /// <returns>The newest snapshot behind it of each stream that has something to remember, in ordinal order.</returns>
    /// <exception cref="StoreUnavailableException">Not every stream has its snapshot; nothing may be deleted.</exception>
    public async Task<IReadOnlyList<CheckpointHead>> WriteAsync(
        IReadOnlyCollection<CheckpointHead> streams, long upTo, CancellationToken cancellationToken)
    {
        var known = (await store.Reader.ReadAsync(
                connection => connection.QueryAsync<(string Resource, long Version, string Hash)>(
                    Queries.Snapshots.Sql, new { upTo }), cancellationToken))
            .GroupBy(row => row.Resource, row => new CheckpointHead(row.Resource, row.Version, row.Hash), StringComparer.Ordinal)
            .ToDictionary(rows => rows.Key, rows => rows.Last(), StringComparer.Ordinal);
        var snapshots = new List<CheckpointHead>();
        foreach (var some in streams.OrderBy(s => s.Resource, StringComparer.Ordinal).Chunk(AtOnce))
        {
            var written = await Task.WhenAll(some.Select(stream => known.TryGetValue(stream.Resource, out var there)
                ? Task.FromResult<CheckpointHead?>(there)
                : WriteAsync(ResourceKey.Parse(stream.Resource), stream.Version, cancellationToken)));
            snapshots.AddRange(written.OfType<CheckpointHead>());
        }

        return snapshots;
    }

    /// <returns>Null where the stream has nothing to remember, and nothing has happened in it since.</returns>
    private async Task<CheckpointHead?> WriteAsync(ResourceKey stream, long archived, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var head = await journal.LoadAsync(stream, cancellationToken);
            if (!Remembered.HasDocument(head) || (head.Version == archived && !Remembered.IsWorth(head)))
                return null;
            using var document = JsonDocument.Parse(head.Document!);
            var taken = new Happened(
                new Snapshot(head.DocumentSchema, document.RootElement), null, time.GetUtcNow(),
                ActivityTraceId.CreateRandom().ToHexString(), Happened.Engine);
            if (await store.Writer.WriteAsync(new SnapshotWrite(head, taken.ToNewEvent(), taken.At), cancellationToken) is { } written)
                return written;
        }

        throw new StoreUnavailableException(
            $"Nothing is archived: {stream.Display} is written so often that no snapshot of it could be taken.");
    }
}
