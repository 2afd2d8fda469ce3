using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

internal sealed class StoreDueWork(Store store) : IDueWork
{
    public Task<IReadOnlyList<DueWork>> DueAsync(
        DateTimeOffset after, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        store.Reader.ReadAsync<IReadOnlyList<DueWork>>(async connection =>
            [.. (await connection.QueryAsync<(string Resource, string At)>(
                    Queries.DueWork.Sql,
                    new { now = StoredTime.Text(now), after = StoredTime.Text(after), limit }))
                .Select(row => new DueWork(ResourceKey.Parse(row.Resource), StoredTime.Parse(row.At)))], cancellationToken);

    public Task<bool> PutAsync(ResourceKey resource, long version, DateTimeOffset? due, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(new DueWrite(resource, version, due), cancellationToken);
}
