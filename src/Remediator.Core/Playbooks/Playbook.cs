using Remediator.Core.Actions;
using Remediator.Core.Rules;

namespace Remediator.Core.Playbooks;

/// <summary>Ordered: the lower of two is the more careful one.</summary>
public enum Mode { Off, Observe, Approve, Auto }

/// <summary>How a problem is repaired, as loaded and checked; immutable.</summary>
public sealed record Playbook
{
    public required string Name { get; init; }
    /// <summary>Kinds of resources that it may run on.</summary>
    public required IReadOnlyList<string> ResourceKinds { get; init; }
    /// <summary>Must all hold over the resource and what belongs to it, before every change.</summary>
    public required IReadOnlyList<Condition> Problem { get; init; }
    /// <summary>The ceiling; settings and policy may lower it.</summary>
    public required Mode Mode { get; init; }
    public required Limits Limits { get; init; }
    public IReadOnlyList<EvidenceStep> Evidence { get; init; } = [];
    /// <summary>
    /// Made anew before a run begins, before each step, and before it is verified; <see cref="Problem"/> and the steps' conditions use what
    /// they see.
    /// </summary>
    public IReadOnlyList<LookStep> Looks { get; init; } = [];
    /// <summary>The first row that holds counts; the last has no conditions.</summary>
    public IReadOnlyList<WaitRow> Waits { get; init; } = [];
    public required IReadOnlyList<LadderStep> Ladder { get; init; }
    public required EscalateTo Escalate { get; init; }
    /// <summary>SHA-256 of <see cref="Source"/>, 12 hexadecimal digits.</summary>
    public required string Revision { get; init; }
    /// <summary>The YAML text of this playbook; a run keeps it, so that it ends as it began.</summary>
    public required string Source { get; init; }
    /// <summary><c>playbooks/workloads/restart-loop.yaml:1</c>.</summary>
    public required string Place { get; init; }
}

/// <param name="Attempts">Runs allowed per resource and problem within <paramref name="Per"/>.</param>
/// <param name="Cooldown">Quiet time after a run of this problem on the same resource.</param>
public sealed record Limits(int Attempts, TimeSpan Per, TimeSpan Cooldown);

public sealed record EvidenceStep(string Use, ActionInputTemplate With);

public sealed record LookStep(string Use, ActionInputTemplate With);

public sealed record LadderStep
{
    public required string Name { get; init; }
    public IReadOnlyList<Condition> When { get; init; } = [];
    /// <summary>So long its resource has to be sick before the step is taken; until then it waits.</summary>
    public TimeSpan After { get; init; }
    /// <summary>The time of <see cref="Playbook.Waits"/> that is meant instead of <see cref="After"/>; null for none.</summary>
    public WaitOf? WaitsFor { get; init; }
    public required string Use { get; init; }
    public required ActionInputTemplate With { get; init; }
    public required Verification Verify { get; init; }
    public bool UndoOnFailure { get; init; }
    /// <summary>How long a person may take to release this step before it is escalated.</summary>
    public TimeSpan ApprovalWithin { get; init; } = TimeSpan.FromMinutes(30);
}

/// <param name="Within">The repair must look good so soon after the act.</param>
/// <param name="Stable">And keep passing for this long.</param>
public sealed record Verification(string Use, ActionInputTemplate With, TimeSpan Within, TimeSpan Stable)
{
    /// <summary>The alerts must have ended too.</summary>
    public bool AlertEnds { get; init; }
}

/// <param name="Severity">Label of the raised alert; null for that of the alerts that came.</param>
public sealed record EscalateTo(string? Severity, LiquidText Message);
