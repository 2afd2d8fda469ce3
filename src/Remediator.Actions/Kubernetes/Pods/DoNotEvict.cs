using k8s.Models;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What its owner says of a pod to programs that would evict it.</summary>
internal static class DoNotEvict
{
    public const string SafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";
    private const string DoNotDisrupt = "karpenter.sh/do-not-disrupt";

    /// <returns>The annotation that forbids it, with its value; null where none does.</returns>
    public static string? Mark(V1Pod pod) =>
        pod.Annotation(DoNotDisrupt) == "true" ? $"{DoNotDisrupt}=true"
        : pod.Annotation(SafeToEvict) == "false" ? $"{SafeToEvict}=false"
        : null;

    /// <summary>One that has never run has no work in hand, and may go all the same.</summary>
    /// <returns>Why a pod that was chosen stays; null where nothing forbids to evict it.</returns>
    public static string? Of(V1Pod pod, PodChoice choice) =>
        choice is not (PodChoice.Waiting or PodChoice.Pinning) && Mark(pod) is { } mark
            ? $"{PodTargets.Name(pod)} is annotated {mark}: its owner does not want it to be evicted."
            : null;

    public static string? Annotation(this V1Pod pod, string name) =>
        pod.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;
}
