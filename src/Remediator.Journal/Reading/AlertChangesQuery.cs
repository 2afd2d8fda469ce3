using System.Data.Common;
using Dapper;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;

namespace Remediator.Journal.Reading;

internal static class AlertChangesQuery
{
    public static async Task<AlertChanges> RunAsync(DbConnection connection, long since)
    {
        var rows = (await connection.QueryAsync<Row>(Queries.AlertChanges.Sql, new { since })).AsList();
        if (since != 0 && (since < rows[0].Forgotten || since > rows[0].Newest))
            return await RunAsync(connection, 0);
        var alerts = rows.Where(row => row.Fingerprint is not null).ToLookup(row => row.GoneAt is null);
        return new AlertChanges(
            rows[0].Newest,
            [.. alerts[true].Select(row => row.ToAlert())],
            since == 0 ? [] : [.. alerts[false].Select(row => row.Fingerprint!)])
        {
            IsAll = since == 0
        };
    }

    /// <summary>Those of one source, by its index.</summary>
    public static async Task<IReadOnlyList<ActiveAlert>> OfAsync(DbConnection connection, string source) =>
        [.. (await connection.QueryAsync<Row>(Queries.FiringOfSource.Sql, new { source = StoredText.Of(source) }))
            .Select(row => row.ToAlert())];

    /// <summary>Those of some ids, by the table's key. Dapper's own lists are arrays in PostgreSQL alone.</summary>
    public static async Task<IReadOnlyList<ActiveAlert>> AmongAsync(DbConnection connection, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
            return [];
        var parameters = new DynamicParameters(ids.Select((id, i) => KeyValuePair.Create($"id{i}", (object)StoredText.Of(id))));
        return [.. (await connection.QueryAsync<Row>(Queries.FiringAmong(ids.Count).Sql, parameters)).Select(row => row.ToAlert())];
    }

    private sealed record Row
    {
        public long Newest { get; init; }
        public long Forgotten { get; init; }
        public string? Fingerprint { get; init; }
        public string? Resource { get; init; }
        public string? Name { get; init; }
        public string? Labels { get; init; }
        public string? StartsAt { get; init; }
        public string? LastSeen { get; init; }
        public string? GoneAt { get; init; }
        public string? Source { get; init; }

        public ActiveAlert ToAlert() =>
            new(
                AlertSource.FingerprintOf(Fingerprint!, Source), ResourceKey.Parse(Resource!), Name!, StoredJson.ParseLabels(Labels!),
                StoredTime.Parse(StartsAt!), StoredTime.Parse(LastSeen!))
            {
                Source = Source
            };
    }
}
