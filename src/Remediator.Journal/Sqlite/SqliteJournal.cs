using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Chain;

namespace Remediator.Journal.Sqlite;

internal sealed class SqliteJournal(SqliteStore store) : IJournal, IIncidentIndex
{
    public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) => store.Readers.ReadAsync(connection =>
    {
        var (version, document, schema) = connection.QuerySingleOrDefault<(long, string?, long)>(
            "SELECT version, document, document_schema FROM resource_head WHERE resource = @resource", new { resource = resource.ToString() });
        return new ResourceHead(resource, version, document, (int)schema);
    }, cancellationToken);

    public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<JournalEvent>>(connection =>
            [.. connection.Query<StoredEvent>($"SELECT {EventColumns.All} FROM event WHERE resource = @resource ORDER BY version",
                new { resource = resource.ToString() }, buffered: false).Select(stored => stored.ToJournalEvent())], cancellationToken);

    public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(transaction => CommitWrite.Apply(transaction, commit), cancellationToken);

    public Task<IReadOnlyList<BudgetUse>> BudgetsAsync(IReadOnlyList<string> budgets, string exceptIncident, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<BudgetUse>>(connection =>
        [
            .. budgets.Select(budget => new BudgetUse(
                budget,
                connection.QuerySingle<int>("SELECT count(*) FROM permit WHERE budget = @budget AND incident_id <> @exceptIncident", new { budget, exceptIncident }),
                [.. connection.Query<string>("SELECT incident_id FROM permit WHERE budget = @budget AND incident_id <> @exceptIncident ORDER BY incident_id LIMIT 3", new { budget, exceptIncident })]))
        ], cancellationToken);

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<Permit>>(connection =>
            [.. connection.Query<(string Incident, string Budget, string Since)>("SELECT incident_id, budget, since FROM permit ORDER BY since, budget, incident_id")
                .Select(row => new Permit(row.Incident, row.Budget, StoredTime.Parse(row.Since)))], cancellationToken);

    public Task<IReadOnlyList<ActiveAlert>> ActiveAlertsAsync(CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<ActiveAlert>>(connection =>
            [.. connection.Query<(string Fingerprint, string Resource, string Name, string Labels, string StartsAt, string LastSeen)>(
                    "SELECT fingerprint, resource, name, labels, starts_at, last_seen FROM active_alert ORDER BY starts_at, fingerprint")
                .Select(row => new ActiveAlert(row.Fingerprint, ResourceKey.Parse(row.Resource), row.Name, StoredJson.ParseLabels(row.Labels),
                    StoredTime.Parse(row.StartsAt), StoredTime.Parse(row.LastSeen)))], cancellationToken);

    public Task<ResourceKey?> ResourceOfAsync(string incidentId, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<ResourceKey?>(connection =>
            connection.QueryFirstOrDefault<string>("SELECT resource FROM incident WHERE id = @id", new { id = incidentId }) is { } text ? ResourceKey.Parse(text) : null, cancellationToken);
}
