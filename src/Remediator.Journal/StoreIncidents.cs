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
                return other;
            var events = await connection.QueryAsync<StoredEvent>(Queries.EventsOfIncident.Sql, new { incident = found.Id });
            return new IncidentLookup.Found(found, [.. events.Select(stored => stored.ToJournalEvent())]);
        }, cancellationToken);
    }
}
