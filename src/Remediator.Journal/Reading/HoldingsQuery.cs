using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;

namespace Remediator.Journal.Reading;

/// <summary>What is in flight, in one round trip. Its parts may be a moment apart: the transaction that takes a place looks again.</summary>
internal static class HoldingsQuery
{
    /// <summary>Whose place a permit is. A replica of an older version, which may still run beside this one, does not write it: then each incident counts.</summary>
    public const string Holder = "COALESCE(NULLIF(resource, ''), incident_id)";

    private const string Permits = $"SELECT incident_id, budget, since, {Holder} FROM permit ORDER BY since, budget, incident_id";
    private const string Claims = "SELECT incident_id, resource, 0 FROM claim UNION ALL SELECT incident_id, resource, 1 FROM shared_claim ORDER BY 2, 1";
    private const string Starts = "SELECT budget, at FROM budget_start ORDER BY at";

    public static async Task<Holdings> AllAsync(DbConnection connection)
    {
        await using var answers = await connection.QueryMultipleAsync($"{Permits}; {Claims}; {Starts}");
        var permits = await answers.ReadAsync<(string, string, string, string)>();
        var claims = await answers.ReadAsync<(string Incident, string Resource, long Shared)>();
        var starts = await answers.ReadAsync<(string Budget, string At)>();
        return new(
            [.. permits.Select(Permit)],
            [.. claims.Select(c => new Claim(c.Incident, c.Resource, c.Shared == 1))],
            [.. starts.Select(s => new BudgetStart(s.Budget, StoredTime.Parse(s.At)))]);
    }

    public static async Task<IReadOnlyList<Permit>> PermitsAsync(DbConnection connection) =>
        [.. (await connection.QueryAsync<(string, string, string, string)>(Permits)).Select(Permit)];

    private static Permit Permit((string Incident, string Budget, string Since, string Resource) row) =>
        new(row.Incident, row.Budget, StoredTime.Parse(row.Since), row.Resource);
}
