using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

/// <summary>Decides from what was read which limits may be raised, and to what.</summary>
internal static class MemoryRaisePlan
{
    private static readonly TimeSpan Once = TimeSpan.FromHours(24);

    public static (IReadOnlyList<MemoryRaise> Raises, string Refusal) Of(
        LiveWorkload workload, IReadOnlyList<V1Pod> pods, RaiseMemoryLimitInput input, DateTimeOffset now, TimeSpan window)
    {
        if (!workload.Annotations.TryGetValue(Marks.RaiseMemoryLimit, out var allowed))
            return No($"is not annotated with {Marks.RaiseMemoryLimit}: raising its limit is its owner's choice");
        if (!Quantity.TryParse(allowed, null, out var ceiling))
            return No($"has the annotation {Marks.RaiseMemoryLimit} with '{allowed}', which is not an amount of memory");
        if (workload.Paused || workload.UpdatesOnDelete)
            return No("does not replace its pods automatically; a higher limit would have no effect");
        if (MemoryRaiseRecord.LastRaised(workload.Annotations.GetValueOrDefault(Marks.MemoryLimitRaised)) is var last && now - Once < last)
            return No($"had its limit raised within the last {Once.TotalHours:0} hours, or its annotation "
                + $"{Marks.MemoryLimitRaised} cannot be read");
        if (input.Ceiling is { } lower && lower.Bytes < ceiling.Bytes)
            ceiling = lower;

        var killed = pods.SelectMany(p => p.Status?.ContainerStatuses ?? [])
            .Where(c => WasKilled(c, now.UtcDateTime, window))
            .Select(c => c.Name)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (killed.Count == 0)
            return No("has no container that was OOM-killed recently");

        List<MemoryRaise> raises = [];
        foreach (var container in killed)
        {
            var (raise, refusal) = Raise(workload, pods, container, input.By, ceiling);
            if (raise is null)
                return No(refusal);
            raises.Add(raise);
        }

        return (raises, "");
    }

    private static (MemoryRaise? Raise, string Refusal) Raise(
        LiveWorkload workload, IReadOnlyList<V1Pod> pods, string container, Percent by, Quantity ceiling)
    {
        if (MemoryRaise.Find(workload.Template, container) is not var (index, limit)
            || !Quantity.TryParse(limit, null, out var old)
            || old.Bytes == 0)
            return (null, $"sets no memory limit for its container {container}");
        if (pods.Any(p => LimitOf(p, container) is { } inPod && inPod != old.Bytes))
            return (null, $"has pods whose container {container} has another limit than its template: somebody else sets it");
        return old.Bytes >= ceiling.Bytes
            ? (null, $"has its container {container} at {old} already, and the ceiling is {ceiling}")
            : (new(index, container, limit, MemoryRaise.Raised(old, by, ceiling).ToString()), "");
    }

    private static bool WasKilled(V1ContainerStatus container, DateTime now, TimeSpan window) =>
        container.LastEnd() is { Reason: "OOMKilled" } end && (end.FinishedAt >= now - window || container.Waiting() == "CrashLoopBackOff");

    private static long? LimitOf(V1Pod pod, string container) =>
        pod.Spec.Containers.FirstOrDefault(c => c.Name == container)?.Resources?.Limits?.TryGetValue("memory", out var limit) == true
        && Quantity.TryParse(limit.ToString(), null, out var quantity)
            ? quantity.Bytes
            : null;

    private static (IReadOnlyList<MemoryRaise>, string) No(string reason) => ([], reason);
}
