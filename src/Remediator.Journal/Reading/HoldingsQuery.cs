using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Reading;

/// <summary>
/// What is in flight, in one round trip. Its parts may be a moment apart: the transaction that takes a place looks again.
/// </summary>
internal static class HoldingsQuery
{
    public static async Task<Holdings> AllAsync(DbConnection connection)
    {
        await using var answers = await connection.QueryMultipleAsync($"{Queries.Permits.Sql}; {Queries.Claims.Sql}; {Queries.Starts.Sql}");
        var permits = await answers.ReadAsync<(string, string, string, string)>();
        var claims = await answers.ReadAsync<(string Incident, string Resource, long Shared)>();
        var starts = await answers.ReadAsync<(string Budget, string At)>();
        return new(
            [.. permits.Select(Permit)],
            [.. claims.Select(c => new Claim(c.Incident, c.Resource, c.Shared == 1))],
            [.. starts.Select(s => new BudgetStart(s.Budget, StoredTime.Parse(s.At)))]);
    }

    public static async Task<IReadOnlyList<Permit>> PermitsAsync(DbConnection connection) =>
        [.. (await connection.QueryAsync<(string, string, string, string)>(Queries.Permits.Sql)).Select(Permit)];

    private static Permit Permit((string Incident, string Budget, string Since, string Resource) row) =>
        new(row.Incident, row.Budget, StoredTime.Parse(row.Since), row.Resource);
}
