namespace Remediator.Core.Facts;

/// <summary>
/// The facts of one bucket, grouped by the values of some labels. A hash table of its own, because a lookup brings its hash with it, and
/// because the next version shares with this one every page in which nothing changed.
/// </summary>
internal sealed class FactIndex
{
    private readonly IndexLabels _labels;
    private readonly FactGroup?[][] _pages;
    private readonly FactIndexShape _shape;
    private readonly int _groups;

    internal FactIndex(IndexLabels labels, FactIndexShape shape, FactGroup?[][] pages, int groups) =>
        (_labels, _shape, _pages, _groups) = (labels, shape, pages, groups);

    /// <summary>Without facts that lack a label to join on: nothing joins with them.</summary>
    public static FactIndex Of(IEnumerable<Fact> facts, IndexLabels labels)
    {
        var writer = new FactIndexWriter(labels, FactIndexShape.Smallest, FactIndexShape.Smallest.NewPages(), 0);
        foreach (var fact in facts) writer.Add(fact);
        return writer.Build();
    }

    public FactIndex Next(IReadOnlyList<FactChange> changes)
    {
        if (changes.Count == 0) return this;
        var writer = new FactIndexWriter(_labels, _shape, [.. _pages], _groups);
        foreach (var change in changes) writer.Change(change);
        return writer.Build();
    }

    public Fact[] Find(in JoinKey key, string[] equal, int equalHash)
    {
        var hash = Combine(key.Hash, equalHash);
        for (var group = _pages[_shape.Page(hash)][_shape.Place(hash)]; group is not null; group = group.Next)
        {
            if (group.Hash == hash && group.Is(key.Values, equal)) return group.Facts;
        }

        return [];
    }

    internal static int Combine(int on, int equal) => unchecked((on * -1640531535) + equal);
}

/// <summary>How many pages of how many places; both are powers of two.</summary>
internal readonly record struct FactIndexShape(int PlaceBits, int Pages)
{
    private const int MostPlaceBits = 8;

    public static FactIndexShape Smallest { get; } = new(2, 1);

    public int Places => Pages << PlaceBits;

    public int Place(int hash) => hash & ((1 << PlaceBits) - 1);

    public int Page(int hash) => (hash >>> PlaceBits) & (Pages - 1);

    public FactIndexShape Larger => PlaceBits < MostPlaceBits ? new(PlaceBits + 1, 1) : new(PlaceBits, Pages * 2);

    public FactGroup?[][] NewPages()
    {
        var pages = new FactGroup?[Pages][];
        for (var i = 0; i < pages.Length; i++) pages[i] = new FactGroup?[1 << PlaceBits];
        return pages;
    }
}

/// <summary>
/// Facts that agree on the labels of an index. Never changed once its index is built. Its array is its own, so that who keeps it does not
/// keep the view.
/// </summary>
internal sealed class FactGroup(int hash, string[] on, string[] equal)
{
    public int Hash => hash;

    public Fact[] Facts { get; set; } = [];

    public FactGroup? Next { get; set; }

    public FactGroup Copy() => new(hash, on, equal) { Facts = Facts, Next = Next };

    public bool Is(string[] ons, string[] equals)
    {
        for (var i = 0; i < ons.Length; i++)
        {
            if (!string.Equals(on[i], ons[i])) return false;
        }

        for (var i = 0; i < equals.Length; i++)
        {
            if (!string.Equals(equal[i], equals[i])) return false;
        }

        return true;
    }
}
