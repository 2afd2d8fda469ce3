using System.Collections.Concurrent;
using Npgsql;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Postgres;

/// <summary>
/// Rows and lookups in the words of PostgreSQL: one statement for all rows of a table, each column an array. Each text is made once.
/// </summary>
internal static class PostgresSql
{
    private static readonly ConcurrentDictionary<Table, string> Inserts = [];
    private static readonly ConcurrentDictionary<(Table, string), string> Deletes = [];
    private static readonly ConcurrentDictionary<string, string> Lookups = [];

    public static string Insert(Table table) => Inserts.GetOrAdd(table, static t =>
    {
        var arrays = t.Columns.Select((column, i) => $"${i + 1}::{(column.IsNumber ? "bigint" : "text")}[]");
        return $"INSERT INTO {t.Name} ({t.ColumnList}) SELECT * FROM unnest({string.Join(", ", arrays)}){t.OnConflict}";
    });

    public static string Delete(Table table, string column) =>
        Deletes.GetOrAdd((table, column), static key => $"DELETE FROM {key.Item1.Name} WHERE {key.Item2} = ANY($1)");

    public static string Of(Lookup lookup) =>
        Lookups.GetOrAdd(lookup.Sql, static sql => sql.Replace(Lookup.OneOf, "= ANY($1)", StringComparison.Ordinal));

    public static NpgsqlParameter Keys(Array keys) => keys is long[] numbers
        ? new NpgsqlParameter<long[]> { TypedValue = numbers }
        : new NpgsqlParameter<string[]> { TypedValue = (string[])keys };

    public static NpgsqlParameter Keys(List<object> values) => values is [long, ..]
        ? new NpgsqlParameter<long[]> { TypedValue = [.. values.Cast<long>()] }
        : new NpgsqlParameter<string[]> { TypedValue = [.. values.Cast<string>()] };

    public static NpgsqlParameter[] Columns(TableChanges changes) =>
    [
        .. changes.Table.Columns.Select((column, i) => (NpgsqlParameter)(column.IsNumber
            ? new NpgsqlParameter<long[]> { TypedValue = [.. changes.Put.Select(row => (long)row[i]!)] }
            : new NpgsqlParameter<string?[]> { TypedValue = [.. changes.Put.Select(row => (string?)row[i])] }))
    ];

    public static NpgsqlParameter Value(object value) =>
        value is long number
            ? new NpgsqlParameter<long> { TypedValue = number }
            : new NpgsqlParameter<string> { TypedValue = (string)value };
}
