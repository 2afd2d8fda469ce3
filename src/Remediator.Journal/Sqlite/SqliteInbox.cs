using Dapper;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

internal sealed class SqliteInbox(SqliteStore store, TimeProvider time) : IInbox
{
    public async Task<int> AddAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return 0;
        var rows = entries.Select(InboxWrite.ToRow).ToArray();
        var added = await store.Writer.WriteAsync(transaction => InboxWrite.Add(transaction, rows), cancellationToken);
        Failpoint.Hit("after-inbox-commit");
        return added;
    }

    public async Task RejectAsync(IReadOnlyList<RejectedEntry> rejected, CancellationToken cancellationToken)
    {
        if (rejected.Count == 0)
            return;
        var now = StoredTime.Text(time.GetUtcNow());
        await store.Writer.WriteAsync(transaction => InboxWrite.Reject(transaction, rejected, now), cancellationToken);
    }

    public Task<IReadOnlyList<InboxRow>> WaitingAsync(long afterId, int limit, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<InboxRow>>(connection =>
            [.. connection.Query<(long Id, string Alert, string Source, string TraceId, string ReceivedAt, long Attempts)>(
                    "SELECT id, alert, source, trace_id, received_at, attempts FROM inbox WHERE id > @afterId ORDER BY id LIMIT @limit", new { afterId, limit })
                .Select(row => new InboxRow(row.Id, StoredJson.ParseAlert(row.Alert), row.Source, row.TraceId, StoredTime.Parse(row.ReceivedAt), (int)row.Attempts))],
            cancellationToken);

    public Task<int> CountAttemptAsync(long id, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(transaction => InboxWrite.CountAttempt(transaction, id), cancellationToken);

    public Task DeadLetterAsync(long id, string reason, CancellationToken cancellationToken)
    {
        var now = StoredTime.Text(time.GetUtcNow());
        return store.Writer.WriteAsync(transaction => InboxWrite.DeadLetter(transaction, id, reason, now), cancellationToken);
    }
}
