namespace Remediator.Actions.Kubernetes.DescribeNode;

public sealed record DescribeNodeInput;
