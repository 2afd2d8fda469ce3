using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.GrowVolume;

public sealed record GrowVolumeInput
{
    /// <summary>
    /// So much larger, in whole GiB; at least 20%, since a volume can be changed only now and then. Not over what the policy allows.
    /// </summary>
    public Percent By { get; init; } = new(20);
}
