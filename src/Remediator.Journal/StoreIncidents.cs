using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;

namespace Remediator.Journal;

internal sealed class StoreIncidents(Store store) : IIncidentHistory
{
    public Task<IReadOnlyList<IncidentRow>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        var (sql, values) = IncidentQueries.List(filter);
        return store.Reader.ReadAsync<IReadOnlyList<IncidentRow>>(
            async connection =>
                [.. (await connection.QueryAsync<StoredIncident>(sql, values)).Select(row => row.ToRow())], cancellationToken);
    }

    public Task<IncidentLookup> FindAsync(string id, CancellationToken cancellationToken)
    {
        var (sql, values) = IncidentQueries.ByPrefix(id);
        return store.Reader.ReadAsync(async connection =>
        {
            var rows = (await connection.QueryAsync<StoredIncident>(sql, values)).AsList();
            if (IncidentQueries.Pick(id, rows, out var other) is not { } found)
                return other is IncidentLookup.NotFound ? await ArchiveLookup.OfForgottenAsync(connection, id) : other;
            var stored = await connection.QueryAsync<StoredEvent>(Queries.EventsOfIncident.Sql, new { incident = found.Id });
            JournalEvent[] events = [.. stored.Select(e => e.ToJournalEvent())];
            return new IncidentLookup.Found(found, events, await ArchiveLookup.OfAsync(connection, found, events));
        }, cancellationToken);
    }
}
