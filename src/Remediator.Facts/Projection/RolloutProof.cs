using Remediator.Core.Language;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// Whether the newest rollout is at fault. Doubt clears it: a revision is not to blame for being young, nor for what older pods suffer from
/// too, nor for pods that could not even be made or placed, nor for what a node does to them.
/// </summary>
/// <param name="Newest">Pods of the newest revision.</param>
/// <param name="Tried">Those of them that are sick, or have been ready for a moment longer than a crash takes.</param>
/// <param name="Progressing">A pod of it became ready a short while ago, and is well.</param>
/// <param name="FaultAfter">How long its sick pods were seen to run well first, the longest of them; null where none is sick.</param>
/// <param name="Doubt">The first thing that speaks for it; empty where it is at fault.</param>
internal sealed record RolloutProof(int Newest, int Tried, int Sick, int OlderSick, bool Progressing, TimeSpan? FaultAfter, string Doubt)
{
    /// <summary>On the workload, by its owner; the value is <c>safe</c>.</summary>
    private const string Undo = "remediator.io/undo";

    /// <param name="migratedBy">In words, the job of its release that has run with the rollout; empty where there is none.</param>
    /// <param name="window">The crash window: what was well for longer was well.</param>
    public static RolloutProof Of(
        WorkloadGroup group, RevisionHistory history, string migratedBy, SickNode sickNode, TimeSpan window, DateTimeOffset now)
    {
        var id = history.Newest?.Id ?? "";
        var pods = group.Pods.Where(p => !p.IsOver && id.Length > 0 && p.Revision == id).ToList();
        var sick = pods.Where(p => p.IsSick).ToList();
        var well = pods.Where(p => p.Works && p.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime <= now - (window / 10)).ToList();
        var proof = new RolloutProof(
            pods.Count, sick.Count + well.Count, sick.Count,
            group.Pods.Count(p => p.Ails && p.Revision.Length > 0 && p.Revision != id),
            well.Exists(p => p.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime > now - window),
            sick.Count == 0 ? null : sick.Max(p => p.RanWell), "");
        return proof with
        {
            Doubt = proof.Why(history, sick, window, now) is { Length: > 0 } doubt ? doubt
                : sickNode.Doubt(group, history.NewestSince, sick, well) is { Length: > 0 } node ? node
                : IsOfOneNode(group, sick) ? "it was tried on one node only, and what fails may be the node"
                : migratedBy.Length > 0 && group.Metadata.Annotation(Undo) != "safe"
                    ? $"{migratedBy}, and what it did is not taken back with the rollout: annotate "
                        + $"{Undo}: safe where going back is safe all the same"
                : "",
        };
    }

    private string Why(RevisionHistory history, List<PodState> sick, TimeSpan window, DateTimeOffset now) => this switch
    {
        _ when history is not { Newest: not null, Previous: not null } => "no earlier revision is known",
        _ when history.NewestWasProven => "it has run well before",
        { Newest: 0 } => "none of its pods has been made",
        { Sick: 0 } => "none of its pods has been tried and is sick",
        { OlderSick: > 0 } => $"{Plural.Of(OlderSick, "pod")} of older revisions {Plural.Are(OlderSick)} sick too",
        // a rolling update begins with one pod, and the next may not have been tried yet
        _ when Sick * 2 < Tried || (Sick < 2 && (Tried > 1 || Newest > 2)) =>
            $"only {Sick} of its {Plural.Of(Newest, "pod")} {Plural.Are(Sick)} sick",
        { Progressing: true } => "it makes progress: a pod of it became ready a short while ago",
        _ when FaultAfter >= window => "its pods ran well at first",
        _ when sick.TrueForAll(p => p.IsSickByInjection(now, window)) => "only containers that were injected into its pods are sick",
        _ => "",
    };

    /// <summary>
    /// A DaemonSet replaces first what does not work already, so that its rollout begins on the node that is ill (kubernetes/kubernetes
    /// #139226). An image or a configuration that is missing is missing on every node.
    /// </summary>
    private static bool IsOfOneNode(WorkloadGroup group, List<PodState> sick) =>
        group.Owner.Kind == ResourceKinds.DaemonSet
            && sick is [{ } only]
            && (only.Crashing || !only.Waiting)
            && group.Pods.Exists(p => p != only && !p.IsOver);
}
