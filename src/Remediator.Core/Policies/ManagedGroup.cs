namespace Remediator.Core.Policies;

/// <summary>
/// An Auto Scaling group whose instances may be replaced: an entry of <c>groups</c> in the policy. Those of any other group are only
/// rebooted.
/// </summary>
public sealed record ManagedGroup
{
    /// <summary>As AWS calls it.</summary>
    public required string Name { get; init; }

    /// <summary>An instance that nothing else repairs may be ended once another one runs well in its place.</summary>
    public bool MayReplace { get; init; }

    /// <summary>What is stored on the machine alone, on its instance store or in volumes that name the node, may be lost.</summary>
    public bool LosesLocalData { get; init; }
}
