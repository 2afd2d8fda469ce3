namespace Remediator.Actions.Kubernetes.JobsSucceeded;

public sealed record JobsSucceededInput;
