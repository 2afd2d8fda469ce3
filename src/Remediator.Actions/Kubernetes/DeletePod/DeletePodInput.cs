using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Kubernetes.DeletePod;

public sealed record DeletePodInput
{
    public PodChoice Which { get; init; } = PodChoice.Crashing;
}
