namespace Remediator.Actions.Kubernetes.NodeGone;

public sealed record NodeGoneInput;
