using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>What a term found: how many facts, and the first of them.</summary>
public readonly struct Finding
{
    /// <summary>So many facts are named in a trace.</summary>
    internal const int Shown = 5;

    /// <param name="facts">At least the first <see cref="Shown"/> of them.</param>
    internal Finding(Fact[] facts, int count)
    {
        Facts = facts;
        Count = count;
    }

    private Finding(string missing)
    {
        Facts = [];
        Missing = missing;
    }

    internal static Finding Nothing => new([], 0);

    internal Fact[] Facts { get; }

    public int Count { get; }

    /// <summary>The join label that the alert does not have; such a join finds nothing.</summary>
    public string? Missing { get; }

    internal static Finding Undecidable(string label) => new(label);

    internal Finding Plus(Finding other)
    {
        if (other.Count == 0) return this;
        if (Count == 0) return other;
        return new([.. First, .. other.First], Count + other.Count);
    }

    private ReadOnlySpan<Fact> First => Facts.AsSpan(0, Math.Min(Count, Math.Min(Shown, Facts.Length)));
}
