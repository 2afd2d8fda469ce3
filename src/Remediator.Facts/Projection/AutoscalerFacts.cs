using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>What a HorizontalPodAutoscaler says of the workload that it scales.</summary>
internal static class AutoscalerFacts
{
    public static Owner Target(Autoscaler autoscaler) => new(
        ResourceKinds.OfApi(autoscaler.Spec.ScaleTargetRef.Kind, autoscaler.Spec.ScaleTargetRef.ApiVersion),
        autoscaler.Metadata.Namespace, autoscaler.Spec.ScaleTargetRef.Name);

    public static Fact Of(Autoscaler autoscaler, Owner owner, DateTimeOffset now)
    {
        var (spec, status) = (autoscaler.Spec, autoscaler.Status);
        return FactShapes.Autoscaler.Make(
            autoscaler.Metadata.CreationTimestamp ?? now,
            owner.Namespace, owner.Name, owner.Kind, autoscaler.Metadata.Name, Texts.Of(status.CurrentReplicas),
            Texts.Of(status.DesiredReplicas), Texts.Of(spec.MinReplicas ?? 1), Texts.Of(spec.MaxReplicas),
            Texts.Of(IsAtMaximum(autoscaler)), Says(status, "AbleToScale"), Says(status, "ScalingActive"), WhyNot(status));
    }

    /// <summary>Where none may be read, any workload that can be scaled may have one that is at its maximum.</summary>
    public static IEnumerable<Fact> Unknown(WorkloadGroup group, DateTimeOffset now) =>
        group.Owner.Kind is ResourceKinds.Deployment or ResourceKinds.StatefulSet
            ? [
                FactShapes.Autoscaler.Make(
                    group.Metadata.CreationTimestamp ?? now, group.Owner.Namespace, group.Owner.Name, group.Owner.Kind,
                    "", "", "", "", "", "", "", "", "")]
            : [];

    /// <summary>
    /// As kube-prometheus sees it, and not where it wants fewer: one that comes down from its maximum is there for some minutes still. One
    /// that always has the same number of replicas is at no limit that anybody meant as one.
    /// </summary>
    private static bool IsAtMaximum(Autoscaler autoscaler) =>
        autoscaler.Spec.MaxReplicas > (autoscaler.Spec.MinReplicas ?? 1)
            && autoscaler.Status.CurrentReplicas >= autoscaler.Spec.MaxReplicas
            && autoscaler.Status.DesiredReplicas >= autoscaler.Spec.MaxReplicas;

    private static string Says(AutoscalerStatus status, string condition) =>
        status.Conditions.Truth(condition) is var truth and not "unknown" ? truth : "";

    /// <summary>Why it cannot scale, in the words of its controller.</summary>
    private static string WhyNot(AutoscalerStatus status) =>
        status.Conditions.FirstOrDefault(c => c is { Type: "AbleToScale" or "ScalingActive", Status: "False" }) switch
        {
            null => "",
            { Message: { Length: > 0 } message } => message,
            var failed => failed.Reason,
        };
}
