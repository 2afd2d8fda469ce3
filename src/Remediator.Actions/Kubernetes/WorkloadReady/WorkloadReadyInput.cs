namespace Remediator.Actions.Kubernetes.WorkloadReady;

public sealed record WorkloadReadyInput;
