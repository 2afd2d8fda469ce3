namespace Remediator.Core.Policies;

/// <summary>What the policy says of the pages of some resources.</summary>
public sealed record PagePolicy
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    public PolicyMatch Match { get; init; } = PolicyMatch.Everything;

    public required bool Hold { get; init; }

    /// <summary>So many runs in a row, up to the newest, have to have succeeded.</summary>
    public int VerifiedRuns { get; init; } = 10;

    /// <summary>Alerts with <c>severity=critical</c> too.</summary>
    public bool Critical { get; init; }

    /// <summary>The longest time that a page is held.</summary>
    public TimeSpan AtMost { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Of all that match, the strictest of each; null where a page is not to be held.</summary>
    public static PagePolicy? For(Policy policy, PolicyLabels labels)
    {
        var all = policy.Pages.Where(p => p.Match.Matches(labels)).ToList();
        return all.Count == 0 || all.Exists(p => !p.Hold)
            ? null
            : new() {
                Hold = true,
                VerifiedRuns = all.Max(p => p.VerifiedRuns),
                Critical = all.TrueForAll(p => p.Critical),
                AtMost = all.Min(p => p.AtMost) };
    }
}
