using k8s.Models;

namespace Remediator.Actions.Kubernetes.Pods;

internal static class WorstContainers
{
    /// <summary>Those that crash or are held back, worst first.</summary>
    public static IReadOnlyList<(V1Pod Pod, V1ContainerStatus Container)> Of(IEnumerable<V1Pod> pods, DateTime now, TimeSpan window) =>
        [.. from pod in pods
            from container in pod.Containers()
            where !pod.IsTerminating() && !pod.IsOver()
            where container.IsCrashing(pod, now, window) || container.Waiting().Length > 0
            orderby container.IsCrashing(pod, now, window) descending, container.RestartCount descending, pod.Metadata.Name
            select (pod, container)];
}
