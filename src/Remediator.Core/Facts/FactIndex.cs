namespace Remediator.Core.Facts;

/// <summary>The facts of one bucket, grouped by the values of some labels.</summary>
internal sealed class FactIndex
{
    private readonly Dictionary<string[], ArraySegment<Fact>>.AlternateLookup<ReadOnlySpan<string>> _groups;

    public FactIndex(ReadOnlySpan<Fact> facts, string[] labels)
    {
        var groups = new Dictionary<string[], List<Fact>>(ValuesComparer.Instance);
        var lookup = groups.GetAlternateLookup<ReadOnlySpan<string>>();
        var key = new string[labels.Length];
        foreach (var fact in facts)
        {
            for (var i = 0; i < labels.Length; i++) key[i] = fact[labels[i]];
            if (!lookup.TryGetValue(key, out var group)) lookup[key] = group = [];
            group.Add(fact);
        }

        var all = new Fact[facts.Length];
        var segments = new Dictionary<string[], ArraySegment<Fact>>(groups.Count, ValuesComparer.Instance);
        var start = 0;
        foreach (var (values, group) in groups)
        {
            group.CopyTo(all, start);
            segments[values] = new(all, start, group.Count);
            start += group.Count;
        }

        _groups = segments.GetAlternateLookup<ReadOnlySpan<string>>();
    }

    public ArraySegment<Fact> Find(ReadOnlySpan<string> values) => _groups.TryGetValue(values, out var group) ? group : ArraySegment<Fact>.Empty;

    private sealed class ValuesComparer : IEqualityComparer<string[]>, IAlternateEqualityComparer<ReadOnlySpan<string>, string[]>
    {
        public static readonly ValuesComparer Instance = new();

        public bool Equals(string[]? x, string[]? y) => Equals(x.AsSpan(), y!);

        public int GetHashCode(string[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<string> alternate, string[] other)
        {
            for (var i = 0; i < other.Length; i++)
            {
                if (!string.Equals(alternate[i], other[i])) return false;
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<string> alternate)
        {
            var hash = 17;
            foreach (var value in alternate) hash = unchecked((hash * 31) + value.GetHashCode(StringComparison.Ordinal));
            return hash;
        }

        public string[] Create(ReadOnlySpan<string> alternate) => alternate.ToArray();
    }
}
