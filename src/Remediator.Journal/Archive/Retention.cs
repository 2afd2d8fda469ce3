using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Archive;

/// <summary>
/// What is left of the past when its entries are archived: rows of closed incidents, heads of resources that have nothing to remember, and
/// dead letters that nobody has retried for their time. What goes is an entry of the journal.
/// </summary>
internal sealed class Retention(Store store, ClusterName cluster, IOptions<JournalOptions> options, TimeProvider time)
{
    /// <summary>So many rows go in one transaction.</summary>
    private const int AtOnce = 500;

    private readonly ResourceKey _archive = new(cluster.Name, ResourceKinds.Engine, "", "archive");

    /// <exception cref="StoreUnavailableException">The store cannot be read or written now.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ForgetAsync(
            () => Ids<long>(Queries.OldDeadLetters, time.GetUtcNow() - options.Value.KeepDeadLettersFor, cancellationToken),
            ids => new([], ids, []), cancellationToken);
        if (await store.Reader.ReadAsync(
            connection => Task.FromResult(StoreEntries.NewestStub(connection)), cancellationToken) is not { } stub)
            return;
        // only what is older than the newest archived entry: the others have entries in the store
        var archived = await store.Reader.ReadAsync(connection =>
            connection.QueryFirstOrDefaultAsync<string>(Queries.TimeOfCheckpoint.Sql, new { id = stub.CheckpointId }), cancellationToken);
        if (archived is not null)
            await ForgetAsync(
                () => Ids<string>(Queries.ArchivedIncidents, StoredTime.Parse(archived), cancellationToken),
                ids => new(ids, [], []),
                cancellationToken);
        foreach (var some in stub.Heads.Chunk(AtOnce))
        {
            var streams = await store.Reader.ReadAsync(async connection =>
            {
                var over = new List<CheckpointHead>();
                foreach (var head in some)
                {
                    if (await connection.QueryFirstOrDefaultAsync<(long Version, string? Document, long Schema)>(
                        Queries.HeadWithoutWork.Sql, new { resource = head.Resource }) is { Document: not null } found
                        && found.Version == head.Version
                            && !Remembered.IsWorth(new(ResourceKey.Parse(head.Resource), found.Version, found.Document, (int)found.Schema)))
                        over.Add(head);
                }

                return over;
            }, cancellationToken);
            if (streams.Count > 0)
                await WriteAsync(new([], [], streams), cancellationToken);
        }
    }

    private async Task ForgetAsync<T>(Func<Task<List<T>>> next, Func<List<T>, Past> past, CancellationToken cancellationToken)
    {
        while (await next() is { Count: > 0 } ids)
            await WriteAsync(past(ids), cancellationToken);
    }

    private Task<List<T>> Ids<T>(Query query, DateTimeOffset before, CancellationToken cancellationToken) => store.Reader.ReadAsync(
        async connection => (await connection.QueryAsync<T>(query.Sql, new { before = StoredTime.Text(before), limit = AtOnce })).AsList(),
        cancellationToken);

    private Task<bool> WriteAsync(Past past, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync(
            new ForgetWrite(_archive, past, time.GetUtcNow(), ActivityTraceId.CreateRandom().ToHexString()), cancellationToken);
}
