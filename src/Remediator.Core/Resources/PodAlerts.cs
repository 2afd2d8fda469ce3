namespace Remediator.Core.Resources;

/// <summary>
/// Well-known alerts whose <c>pod</c> is the sick one even where it is a pod of the monitoring. Names differ in case only where they mean
/// another alert.
/// </summary>
internal static class PodAlerts
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "CPUThrottlingHigh", "ContainerHighCpuUtilization", "ContainerHighThrottleRate", "ContainerKilled", "ContainerLowCpuUtilization",
        "ContainerUnhealthy",
        "KubeContainerWaiting", "KubePodCrashLooping", "KubePodNotReady", "KubernetesContainerOomKiller", "KubernetesContainerWaiting",
        "KubernetesPodCrashLooping",
        "KubernetesPodNotHealthy",
    };

    public static bool Contains(string alertName) => Names.Contains(alertName);
}
