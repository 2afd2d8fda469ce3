using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

internal static class WorkloadFacts
{
    private const string Mode = "remediator.io/mode";

    /// <summary>Strictest first.</summary>
    private static readonly string[] Modes = ["off", "diagnose", "mild", "full"];

    public static Fact Of(
        WorkloadGroup group, RevisionHistory history, Dependencies dependencies, ObjectMeta? space, string rolledWith, string migratedBy,
        SickNode sickNode, TimeSpan window, DateTimeOffset now)
    {
        var owner = group.Owner;
        var meta = group.Metadata;
        var replicas = Replicas.Of(group);
        var live = group.Pods.Where(p => !p.Finished).ToList();
        var proof = RolloutProof.Of(group, history, migratedBy, sickNode, window, now);
        group.SickSince = IsSick(group, replicas) ? group.SickSince ?? now : null;
        return FactShapes.Workload.Make(
            meta.CreationTimestamp ?? now,
            owner.Namespace, owner.Name, owner.Kind, Number(replicas.Desired), Texts.Of(replicas.Ready), Number(replicas.Available),
            Number(replicas.Updated),
            history.Newest?.Id ?? "", Texts.Minutes(history.NewestSince, now),
            Texts.Of(group.Object is { } o && Replicas.IsRollingOut(o, owner.Kind)),
            Texts.Of(group.Object?.Status.Conditions.Truth("Progressing") == "false"), history.Previous?.Id ?? "",
            Texts.Of(history.PreviousWasAvailable),
            Texts.Of(group.Object?.Spec is { Paused: true } or { Suspend: true }), Texts.Of(live.Count(p => p.Crashing)),
            Nodes(live.Where(p => p.Crashing)),
            Nodes(live), Texts.Of(live.Count(p => p.Waiting)), PriorityClass(group), First(meta.Label("owner"), meta.Annotation("owner")),
            ObjectOwner.ManagedBy(meta),
            Stricter(meta.Annotation(Mode), space?.Annotation(Mode) ?? ""), meta.Annotation("remediator.io/raise-memory-limit"),
            meta.Annotation(Dependencies.Annotation), dependencies.FirstDown(group), ObjectOwner.Name(meta), Holds.Of(meta),
            space is null ? "" : Holds.Of(space),
            Texts.Of(proof.Newest), Texts.Of(proof.Sick), Texts.Of(proof.OlderSick), Texts.Of(history.NewestWasProven),
            Texts.Of(proof.Progressing), proof.FaultAfter is { } after ? Texts.Of((long)after.TotalMinutes) : "",
            Texts.Of(proof.Doubt.Length == 0), proof.Doubt, ReplicaFailure(group), Texts.Minutes(SickSince(group), now),
            Complete(group, replicas),
            group.Object?.Metadata.Uid ?? "", meta.Annotation("remediator.io/evict"), PinnedBy(group), rolledWith,
            MissingPods(group, replicas), history.Previous is { Number: > 0 } previous ? Texts.Of(previous.Number) : "", OneByOne(group),
            Texts.Of(meta.DeletionTimestamp is not null || space?.DeletionTimestamp is not null));
    }

    public static IEnumerable<Fact> OfJobs(WorkloadGroup group, DateTimeOffset now)
    {
        var success = group.Jobs.Values.Where(j => j.Status.Conditions.Truth("Complete") == "true").Max(j => j.Metadata.CreationTimestamp);
        var withPods = group.Jobs.Count == 0
            ? []
            : group.Pods.Select(p => p.Pod.Metadata.Controller).Where(c => c?.Kind == "Job").Select(c => c!.Name).ToHashSet();
        return group.Jobs.Values.Select(job => FactShapes.Job.Make(
            job.Metadata.CreationTimestamp ?? now,
            group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, job.Metadata.Name, job.Metadata.Uid, JobStatus(job),
            job.Status.Conditions.Of("Failed") is { Status: "True" } failure ? failure.Reason : "",
            Texts.Of(job.Metadata.CreationTimestamp < success),
            Texts.Of(withPods.Contains(job.Metadata.Name) || job.Status.Succeeded + job.Status.Failed > 0)));
    }

    private static string JobStatus(Workload job) =>
        job.Status.Conditions.Truth("Failed") == "true" ? "failed"
        : job.Status.Conditions.Truth("Complete") == "true" ? "complete"
        : job.Spec.Suspend ? "suspended"
        : "active";

    public static IEnumerable<Fact> OfReplicaSets(WorkloadGroup group, DateTimeOffset now) =>
        group.ReplicaSets.Values.Select(set => FactShapes.ReplicaSet.Make(
        set.Metadata.CreationTimestamp ?? now,
        group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, set.Metadata.Name, set.Metadata.Label("pod-template-hash"),
        Texts.Of(set.Spec.Replicas ?? 1), Texts.Of(set.Status.ReadyReplicas), Texts.Of(set.Status.AvailableReplicas ?? 0)));

    /// <summary>
    /// The pod for which a StatefulSet's controller waits for ever: of a revision that nothing is to have any more, and broken, so that the
    /// controller, which goes on only when all are ready, never gets to it. Deleting it is the documented cure. So it is with the first pod
    /// of a set that never ran (kubernetes/kubernetes #88896).
    /// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
    /// </summary>
    private static string PinnedBy(WorkloadGroup group)
    {
        if (OneByOne(group) != "true" || group.Object is not { } set || set.Status.ObservedGeneration < set.Metadata.Generation)
            return "";

        var pods = group.Pods.Where(p => !p.Finished).ToList();
        return pods.Where(p => !p.Works).ToList() is [{ IsSick: true } broken]
            && (broken.Waiting || broken.Crashing)
            && broken.Revision.Length > 0
            && broken.Revision != set.Status.UpdateRevision
            && (broken.Revision != set.Status.CurrentRevision || (broken.NeverRan && pods.Count == 1))
                ? broken.Pod.Metadata.Name
                : "";
    }

    /// <summary>Whether a StatefulSet's controller goes on only when all its pods are ready; empty for other kinds.</summary>
    private static string OneByOne(WorkloadGroup group) =>
        group.Owner.Kind == ResourceKinds.StatefulSet && group.Object is { } set
            ? Texts.Of(set.Spec is { PodManagementPolicy: "" or "OrderedReady", UpdateStrategy.Type: not "OnDelete" })
            : "";

    /// <summary>Pods that its controller has not made, for whatever reason; those that end are not there any more.</summary>
    private static string MissingPods(WorkloadGroup group, Replicas replicas) =>
        group.Object is not null && ResourceKinds.Find(group.Owner.Kind) is { RollsOut: true } && replicas.Desired is { } desired
            ? Texts.Of(Math.Max(0, desired - group.Pods.Count(p => !p.IsOver)))
            : "";

    /// <summary>As storms count it.</summary>
    private static bool IsSick(WorkloadGroup group, Replicas replicas) =>
        group.Pods.Exists(p => p.Crashing) || (replicas.Desired > 0 && replicas.Available == 0);

    /// <summary>A Deployment says itself since when it is not available; of others what was seen.</summary>
    private static DateTimeOffset? SickSince(WorkloadGroup group) =>
        group.SickSince is { } seen
            ? group.Object?.Status.Conditions.Of("Available") is { Status: "False", LastTransitionTime: { } since } && since < seen
                ? since
                : seen
            : null;

    /// <summary>Why no pod can be made: a quota that is used up, an admission that denies it.</summary>
    private static string ReplicaFailure(WorkloadGroup group)
    {
        IEnumerable<Workload> makers = group.Object is { } own ? [own] : group.WantedBySets is not null ? group.ReplicaSets.Values : [];
        return makers.Select(o => o.Status.Conditions.Of("ReplicaFailure")).FirstOrDefault(c => c is { Status: "True" }) is { } failure
            ? First(failure.Message, failure.Reason)
            : "";
    }

    /// <summary>
    /// Where its own object does not say how many there should be, all that there are must be well. Empty where it is not known, where
    /// there should be none, and for runs.
    /// </summary>
    private static string Complete(WorkloadGroup group, Replicas replicas)
    {
        var kind = group.Owner.Kind;
        if (group.Object is { } whole && ResourceKinds.Find(kind) is { RollsOut: true })
            return Texts.Of(replicas.IsComplete(whole, kind));
        if (kind is ResourceKinds.Job or ResourceKinds.CronJob || ResourceKinds.Find(kind) is { RollsOut: true })
            return "";

        var live = group.Pods.Where(p => !p.IsOver).ToList();
        return live.Count > 0 || replicas.Desired > 0
            ? Texts.Of(live.TrueForAll(p => p is { Ready: true, Crashing: false }) && live.Count >= (replicas.Desired ?? 0))
            : group.Pods.Exists(p => PodEnds.IsByNode(p.Pod.Status.Phase, p.Pod.Status.Reason, p.Pod.Status.Message))
            ? Texts.Of(false)
            : "";
    }

    private static string Number(int? value) => value is { } known ? Texts.Of(known) : "";

    private static string First(string value, string other) => value.Length > 0 ? value : other;

    /// <summary>
    /// Who may edit an object must not lift what is set for its whole namespace. What is no mode is the strictest, as everywhere.
    /// </summary>
    private static string Stricter(string own, string space) =>
        own.Length == 0 ? space : space.Length == 0 || Array.IndexOf(Modes, own) <= Array.IndexOf(Modes, space) ? own : space;

    private static string Nodes(IEnumerable<PodState> pods) =>
        Texts.Of(pods.Select(p => p.Pod.Spec.NodeName).Where(n => n.Length > 0).Distinct().Count());

    private static string PriorityClass(WorkloadGroup group) =>
        First(
            group.Object?.Spec.Template.Spec.PriorityClassName ?? "", group.Pods.Count > 0 ? group.Pods[0].Pod.Spec.PriorityClassName : "");
}
