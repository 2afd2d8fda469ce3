using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>Of which runs of a job the evidence has the log of a container that failed: only these may be deleted.</summary>
internal static class KeptLogs
{
    public const string Label = "logs_of";

    public static string Text(IEnumerable<string> owners) => string.Join(',', owners.Order(StringComparer.Ordinal));

    public static IReadOnlySet<string> In(FactView facts) =>
        facts.Named("evidence").SelectMany(e => e[Label].Split(',')).ToHashSet(StringComparer.Ordinal);

    /// <summary>The job, by name, that made a pod; null for a pod that nothing controls.</summary>
    public static string? Owner(V1Pod pod) => pod.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true)?.Name;

    public static bool HasFailed(V1ContainerStatus container) => container.State?.Terminated is { ExitCode: not 0 };

    /// <summary>Containers that failed: of the newest such pod of each run first, the newest run before the others.</summary>
    public static List<(V1Pod Pod, V1ContainerStatus Container)> Failed(IEnumerable<V1Pod> pods) =>
        [.. pods.Where(p => p.Containers().Any(HasFailed))
            .OrderByDescending(p => p.Metadata.CreationTimestamp)
            .ThenByDescending(p => p.Metadata.Name, StringComparer.Ordinal)
            .GroupBy(Owner)
            .SelectMany(run => run.Select((pod, place) => (Pod: pod, Place: place)))
            .OrderBy(p => p.Place)
            .SelectMany(p => p.Pod.Containers().Where(HasFailed).Select(c => (p.Pod, c)))];
}
