using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.EmptyDirs;

/// <summary>
/// Why a pod that fills a disk with its emptyDir is left to people. What is in there goes with the pod: that is what such a volume is for,
/// and yet not everybody who has one wants it so.
/// </summary>
internal static class EvictionDoubt
{
    /// <summary>Of kube-scheduler: what the system itself needs, and above.</summary>
    private const int CriticalPriority = 2_000_000_000;

    private const string Storage = "ephemeral-storage";

    /// <summary>By itself, and by what makes it.</summary>
    public static string? OfPod(EmptyDirPod seen)
    {
        if (seen.On.IsCut)
            return "there was no time to look at all that is there, so another pod may have more";
        if (seen.Pod is not { } pod)
            return "the API server knows no such pod on the node: its kubelet has not cleaned up, or it is a static pod";
        var name = PodTargets.Name(pod);
        if (pod.IsTerminating() || pod.IsOver())
            return $"{name} has ended or is ending, and its kubelet takes its volumes away itself";
        if (pod.Metadata.NamespaceProperty.StartsWith("kube-", StringComparison.Ordinal) || pod.Spec?.Priority >= CriticalPriority)
            return $"{name} is the cluster's own";
        if (seen.Owner is not { Kind: ResourceKinds.Deployment })
            return seen.Owner is { } owner
                ? $"{name} is of {owner.Display}: only a pod of a Deployment is known to leave nothing behind that somebody needs, and to "
                    + "be made anew elsewhere"
                : $"{name} has no controller: it would not come back";
        if (DoNotEvict.Of(pod, PodChoice.Leaking) is { } forbidden)
            return forbidden.TrimEnd('.');
        if (seen.Volumes.FirstOrDefault(v => v.Data.Length > 0) is { } data)
            return $"its emptyDir {data.Name} has a file {data.Data}, as databases and queues have";
        return Asked(pod) is var asked && asked > 0 && seen.Bytes <= asked
            ? $"{name} has asked for {EmptyDirPod.Size(asked)} of {Storage}, and has no more than that"
            : null;
    }

    /// <summary>By the others of its Deployment: they have to do without it.</summary>
    /// <param name="workload">Null where it does not exist any more.</param>
    /// <param name="pods">All of it.</param>
    /// <param name="here">All that have something on the file system.</param>
    public static string? OfWorkload(
        EmptyDirPod seen, LiveWorkload? workload, IReadOnlyList<V1Pod> pods, IReadOnlyList<EmptyDirPod> here)
    {
        var display = seen.Owner!.Value.Display;
        if (workload is null)
            return $"{display} does not exist any more";
        if (workload.RollingOut || workload.Paused)
            return $"a rollout of {display} goes on or is paused";
        var others = pods.Where(p => p.Metadata.Uid != seen.Uid && !p.IsOver()).ToList();
        if (others.Count == 0)
            return $"it is the only pod of {display}";
        if (others.Count + 1 < workload.Desired)
            return string.Create(CultureInfo.InvariantCulture, $"{display} has {others.Count + 1} of {workload.Desired} pods");
        if (others.Find(p => p.IsTerminating() || !p.IsReady()) is { } sick)
            return $"another pod of {display} is not ready ({sick.Metadata.Name})";
        return here.FirstOrDefault(p => p.Uid != seen.Uid && p.Share > seen.Share / 2
                && others.Any(o => o.Metadata.Uid == p.Uid)) is { } likewise
            ? $"{likewise.Name} of the same {seen.Owner.Value.Kind} has {EmptyDirPod.Size(likewise.Bytes)} there too: it is not alone"
            : null;
    }

    /// <summary>A kubelet that is short of disk, too, ends first those that have more than they asked for.</summary>
    private static long Asked(V1Pod pod) => (long)Math.Min(
        (decimal)(1L << 60),
        pod.Spec?.Containers?.Sum(c => c.Resources?.Requests?.TryGetValue(Storage, out var asked) == true ? asked.ToDecimal() : 0) ?? 0);
}
