using System.Threading.Channels;
using Dapper;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

internal sealed class StoreInbox(Store store, TimeProvider time) : IInbox
{
    /// <summary>Other processes that share the store add rows without a word to this one.</summary>
    private static readonly TimeSpan LookIfShared = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookIfAlone = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookForProbesIfShared = TimeSpan.FromMilliseconds(50);

    private readonly Channel<bool> _added = Signal();
    private readonly Channel<bool> _probed = Signal();

    public async Task<int> AddAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return 0;
        var areProbes = entries.All(entry => entry.Source == InboxEntry.Probe);
        if (!areProbes)
            await store.Room.RequireAsync(cancellationToken);
        var added = await store.Writer.WriteAsync(new AddWrite(entries), cancellationToken);
        Failpoint.Hit("after-inbox-commit");
        _added.Writer.TryWrite(true);
        if (areProbes)
            _probed.Writer.TryWrite(true);
        return added;
    }

    public async Task RejectAsync(IReadOnlyList<RejectedEntry> rejected, CancellationToken cancellationToken)
    {
        if (rejected.Count > 0)
            await store.Writer.WriteAsync(new RejectWrite(rejected, Now()), cancellationToken);
    }

    public Task<IReadOnlyList<InboxRow>> WaitingAsync(long afterId, int limit, CancellationToken cancellationToken) =>
        RowsAsync(Queries.Waiting, new { afterId, limit }, cancellationToken);

    public Task<IReadOnlyList<InboxRow>> ProbesAsync(int limit, CancellationToken cancellationToken) =>
        RowsAsync(Queries.Probes, new { limit }, cancellationToken);

    public Task ChangedAsync(CancellationToken cancellationToken) => HeardAsync(_added, LookIfShared, cancellationToken);

    public Task ProbeAddedAsync(CancellationToken cancellationToken) => HeardAsync(_probed, LookForProbesIfShared, cancellationToken);

    private async Task HeardAsync(Channel<bool> signal, TimeSpan lookIfShared, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(
            signal.Reader.WaitToReadAsync(either.Token).AsTask(),
            Task.Delay(store.Members is null ? LookIfAlone : lookIfShared, time, either.Token));
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        signal.Reader.TryRead(out _);
    }

    private static Channel<bool> Signal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Task<long?> FindAsync(Alert alert, CancellationToken cancellationToken) => store.Reader.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<long?>(Queries.Duplicate.Sql, new { dedupe = StoredText.Of(alert.DedupeKey) }),
        cancellationToken);

    public Task<bool> WaitsAsync(long id, CancellationToken cancellationToken) => store.Reader.ReadAsync(
        async connection =>
            await connection.QuerySingleOrDefaultAsync<long?>(Queries.Waits.Sql, new { id }) is not null, cancellationToken);

    private Task<IReadOnlyList<InboxRow>> RowsAsync(Query query, object values, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<InboxRow>>(async connection =>
            [.. (await connection.QueryAsync<(
                long Id, string Alert, string Source, string TraceId, string ReceivedAt, long Attempts, string? MovedFrom)>(
                    query.Sql, values))
                .Select(row => new InboxRow(
                    row.Id, StoredJson.ParseAlert(row.Alert), row.Source, row.TraceId, StoredTime.Parse(row.ReceivedAt), (int)row.Attempts)
                {
                    MovedFrom = row.MovedFrom is { } from ? ResourceKey.Parse(from) : null
                })], cancellationToken);

    public Task<int> CountAttemptAsync(long id, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(new CountAttemptWrite(id), cancellationToken);

    public Task DeadLetterAsync(long id, string reason, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(new DeadLetterWrite(id, reason, Now()), cancellationToken);

    private string Now() => StoredTime.Text(time.GetUtcNow());
}
