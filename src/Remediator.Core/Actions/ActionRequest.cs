using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Actions;

/// <summary>What an action is asked to do, to what, and until when.</summary>
public sealed record ActionRequest
{
    /// <summary>
    /// Stable through retries, probes and undo of one step; goes to the target as <c>remediator.io/action-id</c> where it can.
    /// </summary>
    public required string ActionId { get; init; }
    public required string IncidentId { get; init; }
    public required ResourceKey Resource { get; init; }
    /// <summary>Of the type that the descriptor names.</summary>
    public required object Input { get; init; }
    /// <summary>The facts of this resource and of what belongs to it, and what the evidence returned.</summary>
    public required FactView Facts { get; init; }
    /// <summary>No call to the target may start after this time.</summary>
    public required DateTimeOffset NotAfter { get; init; }
    /// <summary>What the settings make of one second of a playbook: 1, or less in tests. Poll intervals follow it.</summary>
    public double DurationScale { get; init; } = 1;
}
