using Remediator.Core.Playbooks;

namespace Remediator.Core.Policies;

/// <summary>
/// What the owner of the system allows, whatever playbooks say: the file <c>policy.yaml</c>, checked and reloaded with rules and playbooks;
/// immutable.
/// </summary>
public sealed record Policy
{
    /// <summary>In force where there is no such file.</summary>
    public static Policy Default { get; } = new();

    public IReadOnlyList<PolicyLimit> Limits { get; init; } = [];

    /// <summary>Patterns <c>namespace/kind/name</c>, besides those of the setting <c>Engine:Protected</c>.</summary>
    public IReadOnlyList<string> Protected { get; init; } = [];

    public IReadOnlyList<PolicyMode> Modes { get; init; } = [];

    public IReadOnlyList<MaintenanceWindow> Maintenance { get; init; } = [];

    public IReadOnlyList<PolicyApproval> Approvals { get; init; } = [];

    /// <summary>Where none matches, no page is held.</summary>
    public IReadOnlyList<PagePolicy> Pages { get; init; } = [];

    public StormPolicy Storm { get; init; } = new();

    public SlowStartPolicy SlowStart { get; init; } = new();

    /// <summary>The machines that may be logged in to.</summary>
    public IReadOnlyList<ManagedHost> Hosts { get; init; } = [];

    /// <summary>The Auto Scaling groups whose instances may be replaced.</summary>
    public IReadOnlyList<ManagedGroup> Groups { get; init; } = [];

    /// <summary>The claims to volumes that may become larger.</summary>
    public IReadOnlyList<GrowingClaim> Claims { get; init; } = [];

    /// <summary>
    /// So often in a row may a problem of one resource be repaired, verified, and come back; then a person has to say that it may be
    /// repaired again.
    /// </summary>
    public int RepairsInARow { get; init; } = 3;

    /// <summary>How many different people must approve a step.</summary>
    public int PeopleToRelease(PolicyLabels labels) =>
        Approvals.Where(a => a.Match.Matches(labels)).Select(a => a.People).DefaultIfEmpty(1).Max();
}

/// <summary>How much may be changed of one set of resources. What is null is not limited.</summary>
public sealed record PolicyLimit
{
    public PolicyMatch Match { get; init; } = PolicyMatch.Everything;

    /// <summary>Labels of which every value has a budget of its own.</summary>
    public IReadOnlyList<string> Each { get; init; } = [];

    public int? AtOnce { get; init; }

    /// <summary>So many of the set, of a hundred, may be unhealthy or in flight; of a small set one.</summary>
    public int? Percent { get; init; }

    public int? PerHour { get; init; }
}

/// <param name="People">So many different ones have to release a step where this matches.</param>
public sealed record PolicyApproval(PolicyMatch Match, int People);

/// <param name="Ceiling">Nothing acts above it where this matches.</param>
public sealed record PolicyMode(PolicyMatch Match, Mode Ceiling);
