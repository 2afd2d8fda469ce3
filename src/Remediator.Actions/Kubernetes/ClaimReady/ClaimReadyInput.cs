namespace Remediator.Actions.Kubernetes.ClaimReady;

public sealed record ClaimReadyInput;
