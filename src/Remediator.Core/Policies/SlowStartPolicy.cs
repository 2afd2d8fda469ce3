namespace Remediator.Core.Policies;

/// <summary>How carefully a burst of repairs begins, and when repairs that do not help are stopped.</summary>
public sealed record SlowStartPolicy
{
    /// <summary>
    /// Repairs that may be in flight at once before one of them is proven, in each namespace, zone and node group. It doubles with each
    /// proven repair, and comes back to this when one fails.
    /// </summary>
    public int First { get; init; } = 1;

    /// <summary>After so many failures in a row, of different resources, nothing more is tried there.</summary>
    public int Failures { get; init; } = 2;

    /// <summary>So long without a proven repair, and the next one is the first of another burst.</summary>
    public TimeSpan BurstEndsAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// So long after the last failure it is forgotten: where repairs were stopped, one is tried again, alone. Long enough for the people of
    /// one shift to have looked at it, short enough that it is not left for ever.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromHours(6);
}
