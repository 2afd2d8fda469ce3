namespace Remediator.Journal.Writing;

/// <summary>
/// What one group changes in one table: first the rows that go, by a column's values, then those that are put. A key is put once, as it was
/// put last.
/// </summary>
internal sealed class TableChanges(Table table)
{
    private readonly Dictionary<string, object?[]> _byKey = new(StringComparer.Ordinal);
    private readonly List<object?[]> _added = [];
    private readonly Dictionary<string, List<object>> _deleted = new(StringComparer.Ordinal);

    public Table Table => table;

    public IReadOnlyCollection<object?[]> Put => table.Key == 0 ? _added : _byKey.Values;

    public IReadOnlyDictionary<string, List<object>> Deleted => _deleted;

    public void Add(object?[] row)
    {
        if (table.Key == 0)
            _added.Add(row);
        else
            _byKey[Key(row)] = row;
    }

    public void Delete(string column, object value)
    {
        if (table.Key > 0)
            Forget(table.IndexOf(column), value);
        if (!_deleted.TryGetValue(column, out var values))
            _deleted.Add(column, values = []);
        values.Add(value);
    }

    private void Forget(int column, object value)
    {
        if (column == 0 && table.Key == 1)
            _byKey.Remove((string)value);
        else
            foreach (var key in _byKey.Where(row => value.Equals(row.Value[column])).Select(row => row.Key).ToArray())
                _byKey.Remove(key);
    }

    private string Key(object?[] row) => table.Key == 1 ? (string)row[0]! : string.Join('\0', row.Take(table.Key));
}
