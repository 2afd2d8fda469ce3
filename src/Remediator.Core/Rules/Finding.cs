using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>What a term found: how many facts, and the first of them.</summary>
internal readonly struct Finding
{
    /// <summary>So many facts are named in a trace.</summary>
    public const int Shown = 5;

    public Finding(Fact[] facts, int count)
    {
        Facts = facts;
        Count = count;
    }

    private Finding(string missing)
    {
        Facts = [];
        Missing = missing;
    }

    public static Finding Nothing => new([], 0);

    /// <summary>At least the first of them.</summary>
    public Fact[] Facts { get; }

    public int Count { get; }

    /// <summary>The join label that the alert does not have; such a join finds nothing.</summary>
    public string? Missing { get; }

    public static Finding Undecidable(string label) => new(label);

    public Finding Plus(Finding other)
    {
        if (other.Count == 0) return this;
        if (Count == 0) return other;
        return new([.. First, .. other.First], Count + other.Count);
    }

    private ReadOnlySpan<Fact> First => Facts.AsSpan(0, Math.Min(Count, Math.Min(Shown, Facts.Length)));
}
