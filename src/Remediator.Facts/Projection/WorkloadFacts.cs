using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

internal static class WorkloadFacts
{
    private const string Mode = "remediator.io/mode";

    /// <summary>Strictest first.</summary>
    private static readonly string[] Modes = ["off", "diagnose", "mild", "full"];

    public static Fact Of(
        WorkloadGroup group, RevisionHistory history, Dependencies dependencies, ObjectMeta? space, TimeSpan window, DateTimeOffset now)
    {
        var owner = group.Owner;
        var meta = group.Metadata;
        var replicas = Replicas.Of(group);
        var live = group.Pods.Where(p => !p.Finished).ToList();
        var proof = RolloutProof.Of(group, history, window, now);
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
            ManagedBy(meta),
            Stricter(meta.Annotation(Mode), space?.Annotation(Mode) ?? ""), meta.Annotation("remediator.io/raise-memory-limit"),
            meta.Annotation(Dependencies.Annotation), dependencies.FirstDown(group), ManagedByName(meta), Holds.Of(meta),
            space is null ? "" : Holds.Of(space),
            Texts.Of(proof.Newest), Texts.Of(proof.Sick), Texts.Of(proof.OlderSick), Texts.Of(history.NewestWasProven),
            Texts.Of(proof.Progressing), proof.FaultAfter is { } after ? Texts.Of((long)after.TotalMinutes) : "",
            Texts.Of(proof.Doubt.Length == 0), proof.Doubt, ReplicaFailure(group), Texts.Minutes(SickSince(group), now));
    }

    public static IEnumerable<Fact> OfReplicaSets(WorkloadGroup group, DateTimeOffset now) =>
        group.ReplicaSets.Values.Select(set => FactShapes.ReplicaSet.Make(
        set.Metadata.CreationTimestamp ?? now,
        group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, set.Metadata.Name, set.Metadata.Label("pod-template-hash"),
        Texts.Of(set.Spec.Replicas ?? 1), Texts.Of(set.Status.ReadyReplicas), Texts.Of(set.Status.AvailableReplicas ?? 0)));

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
    private static string ReplicaFailure(WorkloadGroup group) =>
        group.Object?.Status.Conditions.Of("ReplicaFailure") is { Status: "True" } failure
            ? First(failure.Message, failure.Reason)
            : "";

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

    /// <summary>
    /// Who would put back what we change. Helm itself does so only at the next release; a controller of its own and delivery tools do it by
    /// themselves. Argo CD before 3.0 marks what it owns only by a label that every chart has: who has written the object tells.
    /// </summary>
    private static string ManagedBy(ObjectMeta meta) =>
        meta.Annotations.Keys.Concat(meta.Labels.Keys).Any(
            k => k is "argocd.argoproj.io/tracking-id" or "argocd.argoproj.io/instance") ? DeliveryTools.ArgoCd
        : meta.Labels.Keys.Any(k => k is "kustomize.toolkit.fluxcd.io/name" or "helm.toolkit.fluxcd.io/name") ? DeliveryTools.Flux
        : meta.DeliveryTool.Length > 0 ? meta.DeliveryTool
        : Controller(meta) is not null ? "operator"
        : meta.Label("app.kubernetes.io/managed-by") == "Helm" || meta.Annotations.ContainsKey("meta.helm.sh/release-name") ? "helm"
        : "";

    /// <summary>Of what people create themselves nothing else is the controller.</summary>
    private static OwnerReference? Controller(ObjectMeta meta) =>
        meta.Controller is { Kind: not ("ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "CronJob" or "Node") } controller
            ? controller
            : null;

    /// <summary>An Argo CD tracking id begins with the application: <c>shop:apps/Deployment:shop/api</c>.</summary>
    private static string ManagedByName(ObjectMeta meta) => new[]
    {
        meta.Annotation("argocd.argoproj.io/tracking-id").Split(':')[0], meta.Label("argocd.argoproj.io/instance"),
        meta.Annotation("argocd.argoproj.io/instance"),
        meta.Label("kustomize.toolkit.fluxcd.io/name"), meta.Label("helm.toolkit.fluxcd.io/name"),
        meta.DeliveryTool == DeliveryTools.ArgoCd ? meta.Label("app.kubernetes.io/instance") : "",
        Controller(meta) is { } controller ? $"{controller.Kind} {controller.Name}" : "",
        meta.Annotation("meta.helm.sh/release-name"),
    }.FirstOrDefault(n => n.Length > 0) ?? "";
}
