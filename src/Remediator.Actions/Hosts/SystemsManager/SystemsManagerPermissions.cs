using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.SystemsManager;

/// <summary>For hosts that have an <c>instance</c>: this document alone, and only on instances with the tag.</summary>
internal static class SystemsManagerPermissions
{
    public static IReadOnlyList<Permission> All { get; } =
    [
        new AwsPermission("ssm:DescribeInstanceInformation"),
        new AwsPermission("ssm:GetCommandInvocation"),
        new AwsPermission("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*", "remediator=allowed"),
        new AwsPermission("ssm:SendCommand", "arn:aws:ssm:*:*:document/remediator-*"),
    ];
}
