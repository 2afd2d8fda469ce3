using System.Data.Common;

namespace Remediator.Journal.Writing;

/// <summary>A question by keys to one table.</summary>
internal abstract class Lookup(string sql)
{
    /// <summary>Stands in the SQL for "is one of these keys", which each engine says in its own way.</summary>
    public const string OneOf = "{one of}";

    public string Sql => sql;

    public abstract bool IsWanted { get; }

    /// <summary>An array of texts or of numbers.</summary>
    public abstract Array Keys { get; }

    public abstract void Take(DbDataReader row);
}

/// <summary>What a table says of the keys that a group wants to know, kept current as the group's requests are decided.</summary>
internal sealed class Lookup<TKey, TRow>(string sql, Action<Lookup<TKey, TRow>, DbDataReader> take) : Lookup(sql)
    where TKey : notnull
    where TRow : class
{
    private readonly HashSet<TKey> _wanted = [];
    private readonly Dictionary<TKey, TRow> _rows = [];

    public override bool IsWanted => _wanted.Count > 0;

    public override Array Keys => _wanted.ToArray();

    /// <summary>Null where there is none.</summary>
    public TRow? this[TKey key]
    {
        get => _rows.GetValueOrDefault(key);
        set => _rows[key] = value!;
    }

    public IEnumerable<KeyValuePair<TKey, TRow>> Rows => _rows;

    public void Want(TKey key) => _wanted.Add(key);

    public bool Has(TKey key) => _rows.ContainsKey(key);

    public void Remove(TKey key) => _rows.Remove(key);

    public override void Take(DbDataReader row) => take(this, row);
}
