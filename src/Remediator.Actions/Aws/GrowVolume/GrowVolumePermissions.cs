using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Hosts.Grow;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.GrowVolume;

internal static class GrowVolumePermissions
{
    public static IReadOnlyList<Permission> All { get; } =
    [
        new AwsPermission("ec2:DescribeVolumes"), new AwsPermission("ec2:DescribeVolumesModifications"),
        new AwsPermission("ec2:ModifyVolume", "arn:aws:ec2:*:*:volume/*", InstancePermissions.Tag),
        GrowHelper.Look,
    ];
}
