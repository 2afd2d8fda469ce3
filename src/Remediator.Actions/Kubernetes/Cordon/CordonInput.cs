namespace Remediator.Actions.Kubernetes.Cordon;

public sealed record CordonInput;
