namespace Remediator.Journal.Writing;

/// <summary>A table that is written row by row, as far as writing has to know it. The same for every engine.</summary>
/// <param name="key">Leading columns that a row replaces another by; 0 where rows are only added.</param>
internal sealed class Table(string name, int key, params IReadOnlyList<Column> columns)
{
    public static readonly Table Event = new("event", 0,
    [
        Column.Number("sequence"), Column.Text("resource"), Column.Number("version"), Column.Text("event_id"), Column.Text("incident_id"),
        Column.Text("type"),
        Column.Number("schema"), Column.Text("at"), Column.Text("actor"), Column.Text("trace_id"), Column.Text("payload"),
        Column.Text("previous_hash"), Column.Text("hash")
    ]);

    public static readonly Table Checkpoint = new("checkpoint", 0,
    [
        Column.Number("id"), Column.Number("sequence"), Column.Number("entries"), Column.Text("at"), Column.Text("heads"),
        Column.Text("key"),
        Column.Text("previous_hash"), Column.Text("hash"), Column.Text("signature")
    ]);

    public static readonly Table Archive = new("archive", 0,
    [
        Column.Number("id"), Column.Number("sequence"), Column.Number("entries"), Column.Number("checkpoint_id"),
        Column.Text("checkpoint_hash"), Column.Text("at"),
        Column.Text("file"), Column.Text("file_hash"), Column.Text("heads"), Column.Text("key"), Column.Text("hash"),
        Column.Text("signature"),
        Column.Text("snapshots"), Column.Text("newest_at")
    ]);

    public static readonly Table ResourceHead = new("resource_head", 1,
        [
            Column.Text("resource"), Column.Number("version"), Column.Text("hash"), Column.Text("document"),
            Column.Number("document_schema")]);

    public static readonly Table Incident = new("incident", 1,
    [
        Column.Text("id"), Column.Text("resource"), Column.Text("problem"), Column.Text("status"), Column.Text("summary"),
        Column.Text("opened_at"), Column.Text("closed_at"), Column.Text("waits_for")
    ]);

    public static readonly Table DueWork = new("due_work", 1, [Column.Text("resource"), Column.Text("due_at")]);

    public static readonly Table Inbox = new("inbox", 0,
        [
            Column.Text("dedupe"), Column.Text("alert"), Column.Text("source"), Column.Text("trace_id"), Column.Text("received_at"),
            Column.Text("moved_from")]);

    public static readonly Table DeadLetter = new("dead_letter", 0,
    [
        Column.Text("dedupe"), Column.Text("text"), Column.Text("source"), Column.Text("trace_id"), Column.Text("received_at"),
        Column.Number("attempts"),
        Column.Text("dead_at"), Column.Text("reason")
    ]);

    public static readonly Table Permit =
        new("permit", 2, [Column.Text("budget"), Column.Text("incident_id"), Column.Text("since"), Column.Text("resource")]);

    public static readonly Table BudgetStart = new("budget_start", 0, [Column.Text("budget"), Column.Text("at")]);

    public static readonly Table Claim = new("claim", 1, [Column.Text("resource"), Column.Text("incident_id"), Column.Text("since")]);

    public static readonly Table SharedClaim =
        new("shared_claim", 2, [Column.Text("resource"), Column.Text("incident_id"), Column.Text("since")]);

    public static readonly Table ActiveAlert = new("active_alert", 1,
    [
        Column.Text("fingerprint"), Column.Text("resource"), Column.Text("name"), Column.Text("labels"), Column.Text("starts_at"),
        Column.Text("last_seen"),
        Column.Number("change"), Column.Text("gone_at"), Column.Text("source")
    ]);

    public string Name => name;

    public int Key => key;

    public IReadOnlyList<Column> Columns => columns;

    /// <summary>The names of all columns, as in a list of SQL.</summary>
    public string ColumnList { get; } = string.Join(", ", columns.Select(column => column.Name));

    /// <summary>What an INSERT does where the key is there already.</summary>
    public string OnConflict { get; } = key == 0
        ? ""
        : $" ON CONFLICT ({string.Join(", ", columns.Take(key).Select(c => c.Name))}) DO UPDATE SET "
            + $"{string.Join(", ", columns.Skip(key).Select(c => $"{c.Name} = excluded.{c.Name}"))}";

    public int IndexOf(string column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == column)
                return i;
        }

        throw new ArgumentException($"Table {name} has no column {column}.", nameof(column));
    }
}

internal readonly record struct Column(string Name, bool IsNumber)
{
    public static Column Text(string name) => new(name, false);

    public static Column Number(string name) => new(name, true);
}
