using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

internal sealed class StoreJournal(Store store) : IJournal, IIncidentIndex
{
    public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(async connection =>
    {
        var (version, document, schema) = await connection.QuerySingleOrDefaultAsync<(long, string?, long)>(
            Queries.Head.Sql, new { resource = resource.ToString() });
        return new ResourceHead(resource, version, document, (int)schema);
    }, cancellationToken);

    public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<JournalEvent>>(async connection =>
            [.. (await connection.QueryAsync<StoredEvent>(Queries.Stream.Sql, new { resource = resource.ToString() }))
                .Select(stored => stored.ToJournalEvent())],
            cancellationToken);

    public Task<EventPage> EventsAsync(
        IReadOnlyList<string> types, long after, DateTimeOffset since, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(connection => EventSpans.ReadAsync(connection, types, after, since), cancellationToken);

    public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(new CommitWrite(commit), cancellationToken);

    public Task<Holdings> HeldAsync(CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(HoldingsQuery.AllAsync, cancellationToken);

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(HoldingsQuery.PermitsAsync, cancellationToken);

    public Task<IReadOnlyList<ActiveAlert>> ActiveOfAsync(string source, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(connection => AlertChangesQuery.OfAsync(connection, source), cancellationToken);

    public Task<IReadOnlyList<ActiveAlert>> ActiveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(connection => AlertChangesQuery.AmongAsync(connection, ids), cancellationToken);

    public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(connection => AlertChangesQuery.RunAsync(connection, since), cancellationToken);

    public Task<ResourceKey?> ResourceOfAsync(string incidentId, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<ResourceKey?>(async connection =>
            await connection.QueryFirstOrDefaultAsync<string>(Queries.ResourceOf.Sql, new { id = StoredText.Of(incidentId) }) is { } text
                ? ResourceKey.Parse(text)
                : null,
            cancellationToken);

    public Task<IReadOnlyList<IncidentRow>> OpenAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<IncidentRow>>(
            async connection =>
                [.. (await connection.QueryAsync<StoredIncident>(Queries.OpenOfKinds(kinds).Sql)).Select(row => row.ToRow())],
            cancellationToken);

    public Task<IReadOnlyList<IncidentRow>> WaitingAsync(CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<IncidentRow>>(
            async connection =>
                [.. (await connection.QueryAsync<StoredIncident>(Queries.IncidentsThatWait.Sql)).Select(row => row.ToRow())],
            cancellationToken);
}
