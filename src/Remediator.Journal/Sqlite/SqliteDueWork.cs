using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Sqlite;

internal sealed class SqliteDueWork(SqliteStore store) : IDueWork
{
    public Task<IReadOnlyList<DueWork>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync<IReadOnlyList<DueWork>>(connection =>
            [.. connection.Query<(string Resource, string At)>(
                    "SELECT resource, due_at FROM due_work WHERE due_at <= @now ORDER BY due_at, resource LIMIT @limit",
                    new { now = StoredTime.Text(now), limit })
                .Select(row => new DueWork(ResourceKey.Parse(row.Resource), StoredTime.Parse(row.At)))], cancellationToken);
}
