using System.Data.Common;
using Dapper;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Reading;

internal static class AlertChangesQuery
{
    // One statement, so that the number and the rows are of one moment; the table of numbers has one row, which comes back without any alert too.
    private const string Sql =
        """
        SELECT c.newest AS Newest, c.forgotten AS Forgotten, a.fingerprint AS Fingerprint, a.resource AS Resource, a.name AS Name, a.labels AS Labels,
            a.starts_at AS StartsAt, a.last_seen AS LastSeen, a.gone_at AS GoneAt,
            a.source AS Source
        FROM alert_change c LEFT JOIN active_alert a ON a.change > @since
        ORDER BY a.starts_at, a.fingerprint
        """;

    /// <summary>Every alert of a source, by its index; a loop asks for them.</summary>
    internal const string OfSource = $"{Firing} AND source = @source ORDER BY starts_at, fingerprint";

    private const string Firing =
        """
        SELECT fingerprint AS Fingerprint, resource AS Resource, name AS Name, labels AS Labels, starts_at AS StartsAt, last_seen AS LastSeen, source AS Source
        FROM active_alert WHERE gone_at IS NULL
        """;

    public static async Task<AlertChanges> RunAsync(DbConnection connection, long since)
    {
        var rows = (await connection.QueryAsync<Row>(Sql, new { since })).AsList();
        if (since != 0 && (since < rows[0].Forgotten || since > rows[0].Newest))
            return await RunAsync(connection, 0);
        var alerts = rows.Where(row => row.Fingerprint is not null).ToLookup(row => row.GoneAt is null);
        return new AlertChanges(rows[0].Newest, [.. alerts[true].Select(row => row.ToAlert())], since == 0 ? [] : [.. alerts[false].Select(row => row.Fingerprint!)])
        {
            IsAll = since == 0
        };
    }

    /// <summary>Those of one source, by its index.</summary>
    public static async Task<IReadOnlyList<ActiveAlert>> OfAsync(DbConnection connection, string source) =>
        [.. (await connection.QueryAsync<Row>(OfSource, new { source = StoredText.Of(source) })).Select(row => row.ToAlert())];

    /// <summary>Those of some ids, by the table's key. Dapper's own lists are arrays in PostgreSQL alone.</summary>
    public static async Task<IReadOnlyList<ActiveAlert>> AmongAsync(DbConnection connection, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
            return [];
        var parameters = new DynamicParameters(ids.Select((id, i) => KeyValuePair.Create($"id{i}", (object)StoredText.Of(id))));
        var names = string.Join(", ", ids.Select((_, i) => $"@id{i}"));
        return [.. (await connection.QueryAsync<Row>($"{Firing} AND fingerprint IN ({names}) ORDER BY starts_at, fingerprint", parameters)).Select(row => row.ToAlert())];
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
            new(AlertSource.FingerprintOf(Fingerprint!, Source), ResourceKey.Parse(Resource!), Name!, StoredJson.ParseLabels(Labels!), StoredTime.Parse(StartsAt!), StoredTime.Parse(LastSeen!))
            {
                Source = Source
            };
    }
}
