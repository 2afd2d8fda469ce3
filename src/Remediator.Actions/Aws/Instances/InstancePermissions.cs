using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Instances;

internal static class InstancePermissions
{
    /// <summary>What an instance must carry so that it may be changed.</summary>
    public const string Tag = "remediator=allowed";

    public const string Instances = "arn:aws:ec2:*:*:instance/*";

    public const string Groups = "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*";

    /// <summary>To see a node's instance. The services know no resources for these.</summary>
    public static IReadOnlyList<Permission> Read { get; } =
    [
        new AwsPermission("ec2:DescribeInstances"), new AwsPermission("ec2:DescribeInstanceStatus"),
        new AwsPermission("ec2:DescribeSpotInstanceRequests"),
        new AwsPermission("autoscaling:DescribeAutoScalingInstances"), new AwsPermission("autoscaling:DescribeAutoScalingGroups"),
        new KubernetesPermission("", "nodes", "get"),
    ];
}
