namespace Remediator.Actions.Kubernetes.Events;

public sealed record EventsInput;
