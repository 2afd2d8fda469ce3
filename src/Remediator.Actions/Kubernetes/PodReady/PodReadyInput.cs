namespace Remediator.Actions.Kubernetes.PodReady;

public sealed record PodReadyInput;
