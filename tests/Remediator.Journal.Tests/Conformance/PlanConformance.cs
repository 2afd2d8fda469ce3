using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>
/// No statement that a server executes walks through a table that only grows. What is not in a list of statements is not executed at all.
/// </summary>
public abstract partial class PlanConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private const int Rows = 20_000;

    /// <summary>The most rows that a plan may look at, of a table that has many times more.</summary>
    private const long Most = 1_200;

    /// <summary>Tables that grow, and the names that statements give them.</summary>
    private static readonly string[] Growing = [
        "event", "e", "n", "archive", "a", "checkpoint", "incident", "resource_head", "dead_letter", "inbox", "due_work", "active_alert"];

    /// <summary>Values of all parameters: what is asked for is about one in a thousand.</summary>
    private static readonly Dictionary<string, object> Values = new()
    {
        ["resource"] = "prod/deployment/shop/w77", ["name"] = "w77", ["id"] = "i00077", ["last"] = "i00077\U0010FFFF",
        ["incident"] = "i00077", ["dedupe"] = "d00077", ["status"] = "escalated",
        ["since"] = At(Rows - 300), ["before"] = At(5), ["now"] = At(20), ["limit"] = 50L, ["after"] = 100L, ["upTo"] = 600L,
        ["afterId"] = 100L, ["source"] = "few", ["space"] = "team7", ["at"] = At(5), ["id0"] = "f00077", ["id1"] = "f00079",
    };

    private static readonly Dictionary<string, Dictionary<string, object>> Others = new()
    {
        [Queries.AlertChanges.Name] = new() { ["since"] = Rows - 50L },
        [Queries.ArchiveBefore.Name] = new() { ["before"] = 77L },
        [Queries.DueWork.Name] = new() { ["after"] = At(0) },
        [Queries.FirstOfCluster.Name] = new() { ["after"] = "prod/engine/" },
        [Queries.Snapshots.Name] = new() { ["upTo"] = 100L },
        [Queries.TimeOfCheckpoint.Name] = new() { ["id"] = 76L },
        [Queries.Waits.Name] = new() { ["id"] = 77L },
        [Queries.DeadLetter.Name] = new() { ["id"] = 77L },
        [Queries.OfTypes(["held"]).Name] = new() { ["since"] = At(0) },
    };

    [Fact]
    public async Task EveryStatement_LooksAtFewRows()
    {
        await FillAsync();
        var faults = new List<string>();
        await using var connection = await OpenAsync();
        foreach (var query in Queries.All)
        {
            var found = await FaultsAsync(connection, query.Sql, Parameters(query));
            if (query.ReadsAll is null)
                faults.AddRange(found.Select(f => $"{query.Name}: {f}\n{query.Sql}"));
        }

        foreach (var lookup in new Image().All)
        {
            var keys = lookup.Keys is long[] ? "77" : "'w77'";
            faults.AddRange((await FaultsAsync(
                connection, lookup.Sql.Replace(Lookup.OneOf, $"IN ({keys})", StringComparison.Ordinal), new Dictionary<string, object>()))
                .Select(f => $"{f}\n{lookup.Sql}"));
        }

        foreach (var (sql, values) in Commands.All)
            faults.AddRange((
                await FaultsAsync(connection, sql, values.Select((v, i) => ($"${i + 1}", v)).ToDictionary(p => p.Item1, p => p.v)))
                .Select(f => $"{f}\n{sql}"));
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    /// <summary>So that no statement is forgotten: outside of these files nobody writes one.</summary>
    [Fact]
    public void EveryStatement_IsInAList()
    {
        string[] lists =
        [
            "Reading/Queries.cs", "Writing/Commands.cs", "Writing/Image.cs", "Writing/Table.cs", "Sqlite/SqliteSql.cs",
            "Postgres/PostgresSql.cs",
            // once at the start, or on tables of a few rows
            "Sqlite/Takeover.cs", "Sqlite/SqliteSchema.cs", "Postgres/PostgresSchema.cs", "Sqlite/SqliteSession.cs",
            "Postgres/PostgresSession.cs", "Postgres/PostgresLeases.cs", "Postgres/PostgresMembers.cs",
            // an audit reads everything
            "Audit/StoreEntries.cs",
        ];
        var top = Path.GetFullPath(Path.Combine(ThisFolder(), "../../../src/Remediator.Journal"));
        var outside = Directory.GetFiles(top, "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(top, f))
            .Except(lists)
            .Where(f => Statement().IsMatch(File.ReadAllText(Path.Combine(top, f))));

        Assert.Empty(outside);
    }

    private static string ThisFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex("\\b(SELECT .+ FROM|DELETE FROM|UPDATE \\w+ SET|INSERT INTO) ")]
    private static partial Regex Statement();

    private static Dictionary<string, object> Parameters(Query query) =>
        Parameter().Matches(query.Sql).Select(m => m.Groups[1].Value).Distinct()
        .ToDictionary(name =>
            name, name => Others.TryGetValue(query.Name, out var own) && own.TryGetValue(name, out var value) ? value : Values[name]);

    private async Task<DbConnection> OpenAsync() =>
        Database is { } database ? await database.OpenAsync() : SqliteConnections.OpenWriter(Store.File);

    private Task<IReadOnlyList<string>> FaultsAsync(DbConnection connection, string sql, IReadOnlyDictionary<string, object> values) =>
        connection is NpgsqlConnection postgres
            ? PostgresPlan.FaultsAsync(postgres, sql, values, Most)
            : SqlitePlan.FaultsAsync((SqliteConnection)connection, sql, values, Growing);

    private static string At(int minutes) => StoredTime.Text(Samples.Noon.AddMinutes(minutes));

    /// <summary>Rows as a store has them after years, put in at once.</summary>
    private async Task FillAsync()
    {
        var (series, n) = Database is null
            ? ($"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {Rows}) SELECT n FROM s)", "CAST(n AS TEXT)")
            : ($"(SELECT generate_series(1, {Rows}) AS n)", "n::text");
        var at = Database is null
            ? "strftime('%Y-%m-%dT%H:%M:%S', 1795435200 + n * 60, 'unixepoch') || '.0000000Z'"
            : "to_char(to_timestamp(1795435200 + n * 60) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '.0000000Z'";
        var five = Database is null ? "printf('%05d', n)" : "lpad(n::text, 5, '0')";
        string[] statements =
        [
            $"INSERT INTO event SELECT n, 'prod/deployment/shop/w' || (n % 1000), n / 1000 + 1, 'e' || {n}, 'i' || {five}, "
                + $"CASE WHEN n % 500 = 0 THEN 'snapshot' WHEN n % 100 = 0 THEN 'held' ELSE 'alert-observed' END, 1, {at}, "
                + $"'engine', 't', '{{}}', 'p', 'h' FROM {series} AS s",
            $"INSERT INTO checkpoint SELECT n, n, n, {at}, '[]', 'k', 'p', 'h', 's' FROM {series} AS s WHERE n % 4 = 0",
            $"INSERT INTO archive SELECT n, n - 1000000, n, n - 1000000, 'h', {at}, 'f', 'h', '[]', 'k', 'h', 's', '[]', {at} "
                + $"FROM {series} AS s",
            $"INSERT INTO resource_head SELECT 'prod/deployment/shop/w' || {n}, 1, 'h', '{{}}', 3 FROM {series} AS s",
            $"INSERT INTO incident (id, resource, problem, status, summary, opened_at, closed_at) SELECT 'i' || {five}, "
                + $"'prod/' || (CASE WHEN n % 4000 = 0 THEN 'node' ELSE 'deployment' END) || '/team' || (n % 500) || '/w' "
                + $"|| (n % 1000), 'p', CASE WHEN n % 1000 = 0 THEN 'escalated' ELSE 'closed' END, 's', {at}, CASE WHEN n "
                + $"% 1000 = 0 THEN NULL ELSE {at} END FROM {series} AS s",
            $"INSERT INTO due_work SELECT 'prod/deployment/shop/w' || {n}, {at} FROM {series} AS s",
            $"INSERT INTO inbox (dedupe, alert, source, trace_id, received_at) SELECT 'd' || {five}, '{{}}', 's', 't', {at} "
                + $"FROM {series} AS s",
            $"INSERT INTO dead_letter (dedupe, text, source, trace_id, received_at, attempts, dead_at, reason) SELECT 'd' || "
                + $"{five}, 't', 's', 't', {at}, 1, {at}, 'r' FROM {series} AS s",
            $"INSERT INTO active_alert (fingerprint, resource, name, labels, starts_at, last_seen, change, gone_at, source) "
                + $"SELECT 'f' || {five}, 'r', 'n', '{{}}', {at}, {at}, n, CASE WHEN n % 2 = 0 THEN {at} ELSE NULL END, "
                + $"CASE WHEN n % 1000 = 1 THEN 'few' ELSE 'many' END FROM {series} AS s",
            "ANALYZE",
        ];
        foreach (var statement in statements)
            await RunAsync(statement);
        if (Database is null)
            await RunAsync("DROP TABLE IF EXISTS sqlite_stat1"); // a server has no statistics there: it never asks for any
    }

    [GeneratedRegex("@([a-zA-Z0-9]+)")]
    private static partial Regex Parameter();
}

internal static class SqlitePlan
{
    public static async Task<IReadOnlyList<string>> FaultsAsync(
        SqliteConnection connection, string sql, IReadOnlyDictionary<string, object> values, string[] growing)
    {
        var plan = (await connection.QueryAsync<(long, long, long, string Detail)>(
            $"EXPLAIN QUERY PLAN {sql}", new DynamicParameters(values.ToDictionary(v => v.Key.TrimStart('$'), v => v.Value))))
            .Select(row => row.Detail)
            .ToList();
        // from one end of an index or of the table, until the limit: nothing is left out, and nothing sorted
        var isFromAnEnd = sql.Contains("LIMIT", StringComparison.Ordinal)
            && !sql.Contains("WHERE", StringComparison.Ordinal)
            && !plan.Exists(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        // an index of what is open holds nothing else
        return isFromAnEnd
            ? []
            : [.. plan.Where(step => step.Split(' ') is ["SCAN", var table, ..]
                && growing.Contains(table)
                && !step.Contains("incident_open", StringComparison.Ordinal))];
    }
}

internal static class PostgresPlan
{
    /// <summary>Executes it, and takes it back.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(
        NpgsqlConnection connection, string sql, IReadOnlyDictionary<string, object> values, long most)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", connection, transaction);
        foreach (var (name, value) in values)
            command.Parameters.Add(name.StartsWith('$') ? new NpgsqlParameter { Value = value } : new NpgsqlParameter(name, value));
        string plan;
        try
        {
            plan = (string)(await command.ExecuteScalarAsync())!;
        }
        catch (PostgresException e) when (e.MessageText.Contains("append-only", StringComparison.Ordinal))
        {
            return []; // what may be deleted is the archive's business
        }

        await transaction.RollbackAsync();
        var faults = new List<string>();
        Walk(System.Text.Json.Nodes.JsonNode.Parse(plan)![0]!["Plan"]!.AsObject(), node =>
        {
            var looked = ((double)node["Actual Rows"]! + (double?)node["Rows Removed by Filter"] ?? 0) * (double)node["Actual Loops"]!;
            if (looked > most)
                faults.Add($"{node["Node Type"]} on {node["Relation Name"]} looks at {looked:0} rows");
        });
        return faults;
    }

    private static void Walk(System.Text.Json.Nodes.JsonObject node, Action<System.Text.Json.Nodes.JsonObject> visit)
    {
        visit(node);
        foreach (var child in node["Plans"]?.AsArray() ?? [])
            Walk(child!.AsObject(), visit);
    }
}
