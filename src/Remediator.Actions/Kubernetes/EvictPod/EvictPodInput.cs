using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Kubernetes.EvictPod;

public sealed record EvictPodInput
{
    public PodChoice Which { get; init; } = PodChoice.Crashing;
}
