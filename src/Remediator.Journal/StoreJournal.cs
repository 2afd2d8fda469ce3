using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Chain;
using Remediator.Journal.Reading;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

internal sealed class StoreJournal(Store store) : IJournal, IIncidentIndex
{
    public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) => store.Reader.ReadAsync(async connection =>
    {
        var (version, document, schema) = await connection.QuerySingleOrDefaultAsync<(long, string?, long)>(
            "SELECT version, document, document_schema FROM resource_head WHERE resource = @resource", new { resource = resource.ToString() });
        return new ResourceHead(resource, version, document, (int)schema);
    }, cancellationToken);

    public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<JournalEvent>>(async connection =>
            [.. (await connection.QueryAsync<StoredEvent>($"SELECT {EventColumns.All} FROM event WHERE resource = @resource ORDER BY version",
                new { resource = resource.ToString() })).Select(stored => stored.ToJournalEvent())], cancellationToken);

    public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) => store.Writer.WriteAsync(new CommitWrite(commit), cancellationToken);

    public Task<IReadOnlyList<BudgetUse>> BudgetsAsync(IReadOnlyList<string> budgets, string exceptIncident, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<BudgetUse>>(async connection =>
        {
            var held = (await connection.QueryAsync<(string Budget, string Incident)>(
                    "SELECT budget, incident_id FROM permit WHERE incident_id <> @exceptIncident ORDER BY incident_id", new { exceptIncident = StoredText.Of(exceptIncident) }))
                .ToLookup(row => row.Budget, row => row.Incident, StringComparer.Ordinal);
            return [.. budgets.Select(budget => new BudgetUse(budget, held[StoredText.Of(budget)].Count(), [.. held[StoredText.Of(budget)].Take(3)]))];
        }, cancellationToken);

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<Permit>>(async connection =>
            [.. (await connection.QueryAsync<(string Incident, string Budget, string Since)>("SELECT incident_id, budget, since FROM permit ORDER BY since, budget, incident_id"))
                .Select(row => new Permit(row.Incident, row.Budget, StoredTime.Parse(row.Since)))], cancellationToken);

    public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync(connection => AlertChangesQuery.RunAsync(connection, since), cancellationToken);

    public Task<ResourceKey?> ResourceOfAsync(string incidentId, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<ResourceKey?>(async connection =>
            await connection.QueryFirstOrDefaultAsync<string>("SELECT resource FROM incident WHERE id = @id", new { id = StoredText.Of(incidentId) }) is { } text
                ? ResourceKey.Parse(text)
                : null, cancellationToken);

    public Task<IReadOnlyList<IncidentRow>> OpenAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<IncidentRow>>(async connection =>
            [.. (await connection.QueryAsync<StoredIncident>($"SELECT {StoredIncident.Columns} FROM incident WHERE closed_at IS NULL AND ({StoredIncident.MayBeOf(kinds)}) ORDER BY opened_at, id"))
                .Select(row => row.ToRow()).Where(row => kinds.Contains(row.Resource.Kind))], cancellationToken);
}
