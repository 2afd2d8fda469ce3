using Remediator.Core.Facts;

namespace Remediator.Core.Safety;

/// <summary>
/// What neither DNS nor a dependency can be the cause of: an image that does not come, a configuration that is not there.
/// </summary>
internal static class OwnFaults
{
    private static readonly HashSet<string> Reasons = new(StringComparer.Ordinal)
        {
            "ImagePullBackOff",
            "ErrImagePull",
            "ErrImageNeverPull",
            "InvalidImageName",
            "CreateContainerConfigError",
            "CreateContainerError" };

    public static bool Waiting(IReadOnlyList<Fact> containers) => containers.Any(c => Reasons.Contains(c["waiting"]));
}
