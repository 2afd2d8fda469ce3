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

    public static IEnumerable<V1ContainerStatus> Containers(this V1Pod pod) =>
        [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];

    public static bool IsInit(this V1Pod pod, V1ContainerStatus container) =>
        pod.Status?.InitContainerStatuses?.Contains(container) == true;

    public static int Restarts(this V1Pod pod) => pod.Containers().Sum(c => c.RestartCount);

    public static bool IsCrashing(this V1Pod pod, DateTime now, TimeSpan window) => pod.Containers().Any(c => c.IsCrashing(now, window));

    /// <summary>It restarted, and ended within the window or waits to be started again.</summary>
    public static bool IsCrashing(this V1ContainerStatus container, DateTime now, TimeSpan window) =>
        container.RestartCount > 0 && (container.Waiting() == "CrashLoopBackOff" || container.LastEnd()?.FinishedAt >= now - window);

    /// <summary>Why it is held back; empty for one that is only being started.</summary>
    public static string Waiting(this V1ContainerStatus container) =>
        container.State?.Waiting?.Reason is { } reason and not "ContainerCreating" and not "PodInitializing" ? reason : "";

    public static bool IsWaiting(this V1Pod pod) => pod.Containers().Any(c => c.Waiting().Length > 0);

    /// <summary>How its last run ended: now, or before the present run.</summary>
    public static V1ContainerStateTerminated? LastEnd(this V1ContainerStatus container) =>
        container.State?.Terminated ?? container.LastState?.Terminated;

    public static V1OwnerReference? Controller(this V1Pod pod) => pod.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true);
}
