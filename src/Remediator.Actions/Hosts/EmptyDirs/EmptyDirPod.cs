using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.EmptyDirs;

/// <summary>What one pod has in its emptyDir volumes on a file system.</summary>
/// <param name="Pod">Null where the API server knows none of that uid on the node.</param>
internal sealed record EmptyDirPod(string Uid, V1Pod? Pod, IReadOnlyList<EmptyDirVolume> Volumes, EmptyDirState On)
{
    public long Bytes { get; } = Volumes.Sum(v => v.Bytes);

    public long Files { get; } = Volumes.Sum(v => v.Files);

    /// <summary>What makes it anew, down to a Deployment; null where that is not known, or nothing does.</summary>
    public ResourceKey? Owner { get; init; }

    /// <summary>The one with the most.</summary>
    public EmptyDirVolume Worst => Volumes.MaxBy(v => v.Bytes)!;

    public double SizePercent => On.Size == 0 ? 0 : 100.0 * Bytes / On.Size;

    public double InodesPercent => On.Inodes == 0 ? 0 : Math.Min(100, 100.0 * Files / On.Inodes);

    /// <summary>Of whatever the file system has less of.</summary>
    public double Share => Math.Max(SizePercent, InodesPercent);

    public string Name => Pod is null ? $"a pod with uid {Uid}" : PodTargets.Name(Pod);

    public string Describe(string mountPoint) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}{(Owner is { } owner ? $" ({owner.Display})" : "")} has {Size(Bytes)} in {Files} files in emptyDir {Worst.Name}"
            + $"{(Volumes.Count > 1 ? $" and {Volumes.Count - 1} more" : "")}, {SizePercent:0.#}% of {mountPoint}");

    public static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
