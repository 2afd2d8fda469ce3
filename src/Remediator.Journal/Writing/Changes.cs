using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>All that one group writes. Texts come in as every engine can keep them.</summary>
internal sealed class Changes
{
    private readonly Dictionary<Table, TableChanges> _tables = [];
    private readonly List<Statement> _statements = [];

    public IReadOnlyCollection<TableChanges> Tables => _tables.Values;

    /// <summary>In their order, after the tables.</summary>
    public IReadOnlyList<Statement> Statements => _statements;

    public bool IsEmpty => _tables.Count == 0 && _statements.Count == 0;

    /// <param name="row">Values of all the table's columns: strings, longs, nulls.</param>
    public void Put(Table table, params object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is string text)
                row[i] = StoredText.Of(text);
        }

        Of(table).Add(row);
    }

    public void Delete(Table table, string column, object value) => Of(table).Delete(column, value);

    /// <summary>What no row can say. Parameters are <c>$1</c>, <c>$2</c>, ...</summary>
    public void Run(string sql, params object[] values) => _statements.Add(new Statement(sql, values));

    private TableChanges Of(Table table)
    {
        if (!_tables.TryGetValue(table, out var changes))
            _tables.Add(table, changes = new TableChanges(table));
        return changes;
    }
}

internal sealed record Statement(string Sql, IReadOnlyList<object> Values);
