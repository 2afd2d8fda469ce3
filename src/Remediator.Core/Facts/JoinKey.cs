namespace Remediator.Core.Facts;

/// <summary>The values that facts have to agree on, hashed once for all indexes that begin with these labels.</summary>
internal readonly record struct JoinKey
{
    private const int Seed = 17;

    private JoinKey(string[] values, int hash, string? missing) => (Values, Hash, Missing) = (values, hash, missing);

    internal static JoinKey None { get; } = Of([]);

    internal string[] Values { get; }

    internal int Hash { get; }

    /// <summary>A label that is not there: such a key joins with nothing.</summary>
    public string? Missing { get; }

    internal static JoinKey Of(string[] values) => new(values, HashOf(values), null);

    /// <param name="subject">Null where there is nothing to join with.</param>
    public static JoinKey Of(string[] labels, Fact? subject)
    {
        if (labels.Length == 0) return None;
        var values = new string[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            values[i] = subject is null ? "" : subject[labels[i]];
            if (values[i].Length == 0) return new([], 0, labels[i]);
        }

        return Of(values);
    }

    public bool Equals(JoinKey other) => Hash == other.Hash && Missing == other.Missing && Values.AsSpan().SequenceEqual(other.Values);

    public override int GetHashCode() => Hash;

    internal static int HashOf(ReadOnlySpan<string> values)
    {
        var hash = Seed;
        foreach (var value in values) hash = unchecked((hash * 31) + string.GetHashCode(value, StringComparison.Ordinal));
        return hash;
    }
}
