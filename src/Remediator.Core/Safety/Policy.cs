namespace Remediator.Core.Safety;

/// <summary>What the owner of the system allows, whatever playbooks say: the file <c>policy.yaml</c>, checked and reloaded with rules and playbooks; immutable.</summary>
public sealed record Policy
{
    /// <summary>In force where there is no such file.</summary>
    public static Policy Default { get; } = new();

    public StormPolicy Storm { get; init; } = new();

    /// <summary>So often in a row may a problem of one resource be repaired, verified, and come back; then a person has to say that it may be repaired again.</summary>
    public int RepairsInARow { get; init; } = 3;
}
