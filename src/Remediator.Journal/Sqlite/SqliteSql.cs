using System.Collections.Concurrent;
using System.Text.Json;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Sqlite;

/// <summary>Rows and lookups in the words of SQLite. Each text is made once.</summary>
internal static class SqliteSql
{
    private static readonly ConcurrentDictionary<Table, string> Inserts = [];
    private static readonly ConcurrentDictionary<(Table, string), string> Deletes = [];
    private static readonly ConcurrentDictionary<string, string> Lookups = [];

    public static string Insert(Table table) => Inserts.GetOrAdd(table, static t =>
        $"INSERT INTO {t.Name} ({t.ColumnList}) VALUES "
            + $"({string.Join(", ", Enumerable.Range(1, t.Columns.Count).Select(i => $"${i}"))}){t.OnConflict}");

    public static string Delete(Table table, string column) =>
        Deletes.GetOrAdd((table, column), static key => $"DELETE FROM {key.Item1.Name} WHERE {key.Item2} = $1");

    public static string Of(Lookup lookup) => Lookups.GetOrAdd(lookup.Sql, static sql =>
        sql.Replace(Lookup.OneOf, "IN (SELECT value FROM json_each($1))", StringComparison.Ordinal));

    public static string Json(Array keys) =>
        keys is long[] numbers ? $"[{string.Join(',', numbers)}]" : JsonSerializer.Serialize((string[])keys);
}
