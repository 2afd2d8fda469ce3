using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>How many there should be and are; null where a kind does not say.</summary>
internal sealed record Replicas(int? Desired, int Ready, int? Available, int? Updated)
{
    /// <summary>Pods are replaced when somebody deletes them: that may never happen.</summary>
    private const string OnDelete = "OnDelete";

    public static Replicas Of(WorkloadGroup group) => (group.Owner.Kind, group.Object) switch
    {
        (ResourceKinds.Deployment or ResourceKinds.ReplicaSet, { } o) =>
            new(o.Spec.Replicas ?? 1, o.Status.ReadyReplicas, o.Status.AvailableReplicas ?? 0, o.Status.UpdatedReplicas),
        // older servers do not say how many of a StatefulSet are available
        (ResourceKinds.StatefulSet, { } o) =>
            new(
                o.Spec.Replicas ?? 1, o.Status.ReadyReplicas, o.Status.AvailableReplicas ?? o.Status.ReadyReplicas,
                o.Status.UpdatedReplicas),
        (ResourceKinds.DaemonSet, { } o) =>
            new(o.Status.DesiredNumberScheduled, o.Status.NumberReady, o.Status.NumberAvailable, o.Status.UpdatedNumberScheduled),
        (ResourceKinds.Job, { } o) => new(IsOver(o) ? 0 : o.Spec.Parallelism ?? 1, ReadyPods(group), null, null),
        (ResourceKinds.Pod, _) => new(group.Pods.Count(p => !p.Finished), ReadyPods(group), null, null),
        _ when group.WantedBySets is { } wanted =>
            new(wanted, ReadyPods(group), group.ReplicaSets.Values.Sum(s => s.Status.AvailableReplicas ?? 0), null),
        _ => new(null, ReadyPods(group), null, null),
    };

    /// <summary>
    /// All that should be there are there and ready, and as many of the newest revision as its strategy replaces by itself; of one that is
    /// paused, however many are of it. False where there should be none.
    /// </summary>
    public bool IsComplete(Workload workload, string kind) =>
        Desired > 0
            && Ready >= Desired
            && (Available ?? Desired) >= Desired
            && (IsPaused(workload, kind)
                || ((Updated ?? Desired) >= DesiredOfNewest(workload, Desired ?? 0) && !IsRollingOut(workload, kind)));

    /// <summary>Nothing more is replaced until somebody resumes it.</summary>
    private static bool IsPaused(Workload workload, string kind) =>
        kind == ResourceKinds.Deployment && workload.Spec.Paused && workload.Status.ObservedGeneration >= workload.Metadata.Generation;

    public static bool IsRollingOut(Workload workload, string kind)
    {
        var status = workload.Status;
        if (ResourceKinds.Find(kind) is not { RollsOut: true })
            return false;
        if (status.ObservedGeneration < workload.Metadata.Generation)
            return true;
        if (workload.Spec.UpdateStrategy.Type == OnDelete)
            return false;

        var desired = DesiredOfNewest(workload, workload.Spec.Replicas ?? 1);
        return kind switch
        {
            ResourceKinds.DaemonSet => status.UpdatedNumberScheduled < status.DesiredNumberScheduled,
            ResourceKinds.StatefulSet => status.UpdateRevision != status.CurrentRevision && status.UpdatedReplicas < desired,
            _ => status.UpdatedReplicas < desired || status.Replicas > status.UpdatedReplicas,
        };
    }

    /// <summary>Others of a StatefulSet stay as they are until somebody lowers its partition.</summary>
    private static int DesiredOfNewest(Workload workload, int desired) =>
        workload.Spec.UpdateStrategy.Type == OnDelete ? 0 : desired - workload.Spec.UpdateStrategy.RollingUpdate.Partition;

    private static bool IsOver(Workload job) =>
        job.Spec.Suspend || job.Status.Conditions.Truth("Complete") == "true" || job.Status.Conditions.Truth("Failed") == "true";

    private static int ReadyPods(WorkloadGroup group) => group.Pods.Count(p => p.Ready);
}
