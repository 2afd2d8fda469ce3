namespace Remediator.Actions.Kubernetes.RolloutRestart;

public sealed record RolloutRestartInput;
