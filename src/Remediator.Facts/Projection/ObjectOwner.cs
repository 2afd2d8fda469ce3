using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Whose an object is, by what it carries.</summary>
internal static class ObjectOwner
{
    /// <summary>
    /// Who would put back what we change. Helm itself does so only at the next release; a controller of its own and delivery tools do it by
    /// themselves. Argo CD before 3.0 marks what it owns only by a label that every chart has: who has written the object tells.
    /// </summary>
    public static string ManagedBy(ObjectMeta meta) =>
        meta.Annotations.Keys.Concat(meta.Labels.Keys).Any(
            k => k is "argocd.argoproj.io/tracking-id" or "argocd.argoproj.io/instance") ? DeliveryTools.ArgoCd
        : meta.Labels.Keys.Any(k => k is "kustomize.toolkit.fluxcd.io/name" or "helm.toolkit.fluxcd.io/name") ? DeliveryTools.Flux
        : meta.DeliveryTool.Length > 0 && DeliveryTools.Controller(meta.DeliveryTool) is null ? meta.DeliveryTool
        : Operator(meta) is not null ? "operator"
        : meta.Label("app.kubernetes.io/managed-by") == "Helm" || meta.Annotations.ContainsKey("meta.helm.sh/release-name") ? "helm"
        : "";

    /// <summary>
    /// Whose it is, in words; null where people make it. Some operators name their object as an owner that is no controller (Strimzi), or
    /// by a label (the Operator Lifecycle Manager), and some make objects without any reference.
    /// </summary>
    private static string? Operator(ObjectMeta meta) =>
        meta.Controller is { Kind: not ("ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "CronJob" or "Node" or "Pod") } controller
            ? $"{controller.Kind} {controller.Name}"
        : meta.OwnerReferences.FirstOrDefault(o => o.Controller != true && !BuiltIn.Contains(o.Kind)) is { } owner
            ? $"{owner.Kind} {owner.Name}"
        : First(meta.Label("olm.owner"), meta.Label("olm.operatorframework.io/owner-name")) is { Length: > 0 } installed
            ? $"{First(First(meta.Label("olm.owner.kind"), meta.Label("olm.operatorframework.io/owner-kind")), "operator")} {installed}"
        : DeliveryTools.Controller(meta.DeliveryTool);

    /// <summary>Kinds that nothing is written from: as an owner they only say with what an object is deleted.</summary>
    private static readonly HashSet<string> BuiltIn = new(StringComparer.Ordinal)
    {
        "ConfigMap", "Secret", "Namespace", "Node", "Service", "ServiceAccount", "Pod", "Deployment", "ReplicaSet", "StatefulSet",
        "DaemonSet", "Job", "CronJob", "PersistentVolumeClaim", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition",
    };

    /// <summary>An Argo CD tracking id begins with the application: <c>shop:apps/Deployment:shop/api</c>.</summary>
    public static string Name(ObjectMeta meta) => new[]
    {
        meta.Annotation("argocd.argoproj.io/tracking-id").Split(':')[0], meta.Label("argocd.argoproj.io/instance"),
        meta.Annotation("argocd.argoproj.io/instance"),
        meta.Label("kustomize.toolkit.fluxcd.io/name"), meta.Label("helm.toolkit.fluxcd.io/name"),
        meta.DeliveryTool == DeliveryTools.ArgoCd ? meta.Label("app.kubernetes.io/instance") : "",
        Operator(meta) ?? "",
        meta.Annotation("meta.helm.sh/release-name"),
    }.FirstOrDefault(n => n.Length > 0) ?? "";

    private static string First(string value, string other) => value.Length > 0 ? value : other;
}
