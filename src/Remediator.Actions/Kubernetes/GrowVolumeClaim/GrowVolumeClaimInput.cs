using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

public sealed record GrowVolumeClaimInput
{
    /// <summary>
    /// So much larger, in whole Gi; at least 20%, since drivers change a volume only now and then. Not over what the policy allows.
    /// </summary>
    public Percent By { get; init; } = new(25);
}
