using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Reading;

/// <summary>Entries of some types, span by span: each question looks at so many entries and no more, however few of them match.</summary>
internal static class EventSpans
{
    private const long Span = 5_000;

    /// <summary>A checkpoint and what it covers may be of clocks that differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    public static async Task<EventPage> ReadAsync(DbConnection connection, IReadOnlyList<string> types, long after, DateTimeOffset since)
    {
        if (after == 0)
            after = await connection.QueryFirstOrDefaultAsync<Checkpoint>(
                Queries.CheckpointBefore.Sql,
                new { before = StoredTime.Text(since - DateTimeOffset.MinValue > Margin ? since - Margin : since) }) is { } checkpoint
                ? checkpoint.Sequence
                : 0;
        var newest = await connection.QuerySingleAsync<long>(Queries.NewestSequence.Sql);
        var upTo = Math.Min(after + Span, Math.Max(newest, after));
        var rows =
            await connection.QueryAsync<StoredEvent>(Queries.OfTypes(types).Sql, new { after, upTo, since = StoredTime.Text(since) });
        return new([.. rows.Select(row => row.ToJournalEvent())], upTo, upTo >= newest);
    }

    private sealed record Checkpoint(long Id, long Sequence, long Entries, string Hash, string Key);
}
