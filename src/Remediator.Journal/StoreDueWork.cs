using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Reading;

namespace Remediator.Journal;

internal sealed class StoreDueWork(Store store) : IDueWork
{
    public Task<IReadOnlyList<DueWork>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<DueWork>>(async connection =>
            [.. (await connection.QueryAsync<(string Resource, string At)>(
                    Queries.DueWork.Sql,
                    new { now = StoredTime.Text(now), limit }))
                .Select(row => new DueWork(ResourceKey.Parse(row.Resource), StoredTime.Parse(row.At)))], cancellationToken);
}
