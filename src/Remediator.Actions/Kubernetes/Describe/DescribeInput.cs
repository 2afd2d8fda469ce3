namespace Remediator.Actions.Kubernetes.Describe;

public sealed record DescribeInput;
