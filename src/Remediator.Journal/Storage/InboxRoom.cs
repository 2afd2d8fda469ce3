using System.Diagnostics;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;
using Remediator.Journal.Settings;

namespace Remediator.Journal.Storage;

/// <summary>
/// How many alerts wait, and whether more may. Where others fill and empty the inbox too, they are counted anew now and then.
/// </summary>
internal sealed class InboxRoom(IStoreReader reader, JournalOptions options, JournalMetrics metrics, bool isShared)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoodForWhileFull = TimeSpan.FromSeconds(1);

    private long _countedAt = Stopwatch.GetTimestamp();

    /// <exception cref="StoreUnavailableException">As many alerts wait as may: more would only make the store grow.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (isShared && IsOld())
            await CountAsync(cancellationToken);
        if (IsFull)
            throw new StoreUnavailableException(
                $"{metrics.InboxWaiting} alerts are waiting already, which is the limit (Journal:InboxLimit). Try again.");
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        if (isShared)
        {
            var before = metrics.InboxWaiting;
            metrics.Recount(
                before, await reader.ReadAsync(connection => connection.QuerySingleAsync<long>(Queries.CountInbox.Sql), cancellationToken));
        }

        return metrics.InboxWaiting;
    }

    public async Task<long> CountDeadLettersAsync(CancellationToken cancellationToken) =>
        metrics.DeadLetters =
            await reader.ReadAsync(connection => connection.QuerySingleAsync<long>(Queries.CountDeadLetters.Sql), cancellationToken);

    private bool IsFull => metrics.InboxWaiting >= options.InboxLimit;

    /// <returns>True for one caller at a time.</returns>
    private bool IsOld()
    {
        var countedAt = Interlocked.Read(ref _countedAt);
        return Stopwatch.GetElapsedTime(countedAt) > (IsFull ? GoodForWhileFull : GoodFor)
            && Interlocked.CompareExchange(ref _countedAt, Stopwatch.GetTimestamp(), countedAt) == countedAt;
    }
}
