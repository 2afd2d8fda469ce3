using Remediator.Core.Facts;
using k8s.Models;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What a pod's status says, in the words of the facts.</summary>
internal static class PodStates
{
    /// <summary>The window of the fact <c>crashing</c>.</summary>
    public static TimeSpan CrashWindow(this ActionRequest request) => TimeSpan.FromMinutes(10) * request.DurationScale;

    public static bool IsTerminating(this V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Ended for good: completed, failed or evicted; such pods stand around until somebody removes them.</summary>
    public static bool IsOver(this V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static bool IsReady(this V1Pod pod) => pod.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True") == true;

    public static bool IsReadySince(this V1Pod pod, DateTime since) =>
        pod.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True" && c.LastTransitionTime <= since) == true;

    public static IEnumerable<V1ContainerStatus> Containers(this V1Pod pod) =>
        [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];

    public static bool IsInit(this V1Pod pod, V1ContainerStatus container) =>
        pod.Status?.InitContainerStatuses?.Contains(container) == true;

    public static int Restarts(this V1Pod pod) => pod.Containers().Sum(c => c.RestartCount);

    /// <summary>A container of it crash-loops. One that is finished or goes away is nobody's trouble.</summary>
    public static bool IsCrashing(this V1Pod pod, DateTime now, TimeSpan window) =>
        !pod.IsTerminating() && !pod.IsOver() && pod.Containers().Any(c => c.IsCrashing(pod, now, window));

    public static bool IsCrashing(this V1ContainerStatus container, V1Pod pod, DateTime now, TimeSpan window) =>
        Runs(pod, container).IsCrashing(At(now)!.Value, window);

    /// <summary>A container of it has ended since: it is not known to be good.</summary>
    public static bool HasEndedSince(this V1Pod pod, DateTime since) =>
        pod.Containers().Any(c => Runs(pod, c).HasEndedSince(At(since)!.Value));

    private static ContainerRuns Runs(V1Pod pod, V1ContainerStatus container) => new(
        container.RestartCount, container.Ready, container.State?.Waiting?.Reason ?? "", At(container.State?.Running?.StartedAt),
        Run(container.State?.Terminated), Run(container.LastState?.Terminated), pod.EndsWhenDone(container));

    /// <summary>An init container that is no sidecar.</summary>
    public static bool EndsWhenDone(this V1Pod pod, V1ContainerStatus container) =>
        pod.Spec?.InitContainers?.Any(c => c.Name == container.Name && c.RestartPolicy != "Always") == true;

    private static ContainerRun? Run(V1ContainerStateTerminated? end) =>
        end is null ? null : new(At(end.StartedAt), At(end.FinishedAt), end.ExitCode, end.Reason ?? "");

    private static DateTimeOffset? At(DateTime? time) => time is { } at ? new(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;

    /// <summary>Why it is held back; empty for one that is only being started.</summary>
    public static string Waiting(this V1ContainerStatus container) =>
        container.State?.Waiting?.Reason is { } reason and not "ContainerCreating" and not "PodInitializing" ? reason : "";

    public static bool IsWaiting(this V1Pod pod) => pod.Containers().Any(c => c.Waiting().Length > 0);

    /// <summary>How its last run ended: now, or before the present run.</summary>
    public static V1ContainerStateTerminated? LastEnd(this V1ContainerStatus container) =>
        container.State?.Terminated ?? container.LastState?.Terminated;

    public static V1OwnerReference? Controller(this V1Pod pod) => pod.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true);
}
