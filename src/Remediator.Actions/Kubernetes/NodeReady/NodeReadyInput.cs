namespace Remediator.Actions.Kubernetes.NodeReady;

public sealed record NodeReadyInput;
