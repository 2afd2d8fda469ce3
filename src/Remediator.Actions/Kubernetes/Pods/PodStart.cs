using k8s.Models;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What a pod is given to start in, and when a container of it last ended that should run.</summary>
internal static class PodStart
{
    /// <summary>
    /// It has no place yet, is being made (how long that takes, a busy node decides), or runs for less time than its probes give it,
    /// or than <paramref name="window"/>.
    /// </summary>
    /// <param name="window">The crash window: nobody says how long a start may take where no start-up probe does.</param>
    public static bool IsStarting(this V1Pod pod, DateTime now, TimeSpan window)
    {
        if (pod.IsReady() || pod.IsTerminating() || pod.IsOver() || pod.IsWaiting())
            return false;
        var containers = pod.Containers().Where(c => !pod.IsInit(c)).ToList();
        if (containers.TrueForAll(c => c.State?.Running is null && c.LastEnd() is null))
            return true;

        var budget = pod.StartBudget();
        var since = containers.Where(c => !c.Ready).Select(c => c.State?.Running?.StartedAt)
            .Append(pod.Metadata.CreationTimestamp).Max();
        return since is null || now - since < (budget > window ? budget : window);
    }

    /// <summary>The longest that its containers' probes give them to become ready.</summary>
    public static TimeSpan StartBudget(this V1Pod pod) =>
        (pod.Spec?.Containers ?? []).Concat(pod.Spec?.InitContainers ?? [])
            .Select(c => Budget(c.StartupProbe) + Budget(c.ReadinessProbe))
            .DefaultIfEmpty().Max();

    /// <summary>
    /// Its newest end of a container that should run; null where none has ended. An init container that is done should not.
    /// </summary>
    public static DateTimeOffset? EndedAt(this IEnumerable<V1Pod> pods) =>
        (from pod in pods
         where !pod.IsTerminating()
         from container in pod.Containers()
         from end in new[] { container.State?.Terminated, container.LastState?.Terminated }
         where end?.FinishedAt is not null && (end.ExitCode != 0 || !pod.EndsWhenDone(container))
         select (DateTimeOffset?)new DateTimeOffset(DateTime.SpecifyKind(end.FinishedAt!.Value, DateTimeKind.Utc))).Max();

    private static TimeSpan Budget(V1Probe? probe) => probe is null
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds((probe.InitialDelaySeconds ?? 0) + ((probe.PeriodSeconds ?? 10) * (double)(probe.FailureThreshold ?? 3)));
}
