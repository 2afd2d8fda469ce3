namespace Remediator.Actions.Kubernetes.DescribeClaim;

public sealed record DescribeClaimInput;
