using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;

namespace Remediator.Journal.Reading;

/// <summary>What is in flight. Of its three parts, read one after the other, each is whole: the transaction that takes a place looks again.</summary>
internal static class HoldingsQuery
{
    /// <summary>Whose place a permit is. A replica of an older version, which may still run beside this one, does not write it: then each incident counts.</summary>
    public const string Holder = "COALESCE(NULLIF(resource, ''), incident_id)";

    public static async Task<Holdings> AllAsync(DbConnection connection)
    {
        var permits = await PermitsAsync(connection);
        var claims = await connection.QueryAsync<(string Incident, string Resource, long Shared)>(
            "SELECT incident_id, resource, 0 FROM claim UNION ALL SELECT incident_id, resource, 1 FROM shared_claim ORDER BY 2, 1");
        var starts = await connection.QueryAsync<(string Budget, string At)>("SELECT budget, at FROM budget_start ORDER BY at");
        return new(
            permits,
            [.. claims.Select(c => new Claim(c.Incident, c.Resource, c.Shared == 1))],
            [.. starts.Select(s => new BudgetStart(s.Budget, StoredTime.Parse(s.At)))]);
    }

    public static async Task<IReadOnlyList<Permit>> PermitsAsync(DbConnection connection) =>
        [.. (await connection.QueryAsync<(string Incident, string Budget, string Since, string Resource)>($"SELECT incident_id, budget, since, {Holder} FROM permit ORDER BY since, budget, incident_id"))
            .Select(p => new Permit(p.Incident, p.Budget, StoredTime.Parse(p.Since), p.Resource))];
}
