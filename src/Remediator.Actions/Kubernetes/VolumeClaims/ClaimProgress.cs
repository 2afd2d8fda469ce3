using k8s.Models;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.VolumeClaims;

/// <summary>How making a claim larger goes, as the claim itself says it.</summary>
internal static class ClaimProgress
{
    /// <summary>A driver that can do so makes the file system larger within seconds, while the volume is in use.</summary>
    private static readonly TimeSpan OnTheNode = TimeSpan.FromMinutes(5);

    private const string Pending = "FileSystemResizePending";

    /// <param name="bytes">What it is to have.</param>
    /// <param name="said">What its driver said last when it did not; null where it said nothing.</param>
    /// <param name="pods">Those that use it.</param>
    /// <param name="patience">How long the node has for the file system, of <see cref="OnTheNode"/>.</param>
    public static ActStatus Of(
        V1PersistentVolumeClaim claim, long bytes, string? said, IReadOnlyList<string> pods, DateTimeOffset now, double patience = 1)
    {
        var name = $"pvc {claim.Metadata.NamespaceProperty}/{claim.Metadata.Name}";
        if (claim.CapacityBytes() >= bytes)
            return new(ActState.Done, $"{name} has {ClaimSize.Show(claim.CapacityBytes())}, and its file system too");
        if (claim.RequestedBytes() < bytes)
            return new(ActState.Failed, $"somebody has set what {name} asks for back to {claim.Requested()}");
        if (claim.Resizing().EndsWith("Infeasible", StringComparison.Ordinal))
            return new(ActState.Failed, $"the driver of {name} cannot make it larger: {Why(claim, said)}");
        if (claim.Condition(Pending) is { } pending)
            return pending.LastTransitionTime is { } since && now.UtcDateTime - since < OnTheNode * patience
                ? new(ActState.InProgress, $"the volume of {name} is larger, and its file system is not yet")
                : new(ActState.Failed, $"the volume of {name} is larger, and its file system is not: {Restart(pods)} ({Pending})");
        return new(
            ActState.InProgress,
            said is null ? $"the driver makes {name} larger" : $"the driver does not make {name} larger so far: {Short(said)}");
    }

    private static string Why(V1PersistentVolumeClaim claim, string? said) => Short(
        (claim.Condition("ControllerResizeError") ?? claim.Condition("NodeResizeError"))?.Message ?? said ?? claim.Resizing());

    private static string Restart(IReadOnlyList<string> pods) => pods.Count == 0
        ? "that happens when a pod that uses it starts, and none runs"
        : $"that happens when {(pods.Count == 1 ? "pod" : "pods")} {string.Join(", ", pods.Take(5))} {(pods.Count == 1 ? "is" : "are")} "
            + "started again, which is for people";

    private static string Short(string text) => EvidenceText.OneLine(text, 300);
}
