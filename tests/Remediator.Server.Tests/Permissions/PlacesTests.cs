using Remediator.Server.Permissions;

namespace Remediator.Server.Tests.Permissions;

/// <summary>What is declared, as the places that grant it want it.</summary>
public sealed class PlacesTests
{
    [Fact]
    public void IamPolicy_HasAStatementForEachResourceAndTag()
    {
        var policy = IamPolicy.Of(
        [
            new("ec2:RebootInstances", "arn:aws:ec2:*:*:instance/*", "remediator=allowed"),
            new("ec2:DescribeInstances"),
            new("ec2:StopInstances", "arn:aws:ec2:*:*:instance/*", "remediator=allowed"),
            new("ec2:DescribeInstances"),
        ]);

        Assert.Equal(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:DescribeInstances"],"Resource":"*"},"""
            + """{"Effect":"Allow","Action":["ec2:RebootInstances","ec2:StopInstances"],"Resource":"arn:aws:ec2:*:*:instance/*","Condition":{"StringEquals":{"aws:ResourceTag/remediator":"allowed"}}}]}""",
            policy.ToJsonString());
    }

    [Fact]
    public void Sudoers_NamesEachProgramOnce_AndEscapesWhatSeparates() =>
        Assert.Equal(
            """
            # Written by 'remediator permissions --for hosts' from what its actions declare.
            remediator ALL=(root) NOPASSWD: /usr/bin/journalctl --vacuum-size\=500M
            remediator ALL=(root) NOPASSWD: /usr/bin/systemctl restart kubelet.service

            """,
            Sudoers.Of([
                new("/usr/bin/systemctl restart kubelet.service"), new("/usr/bin/journalctl --vacuum-size=500M"),
                new("/usr/bin/systemctl restart kubelet.service")]));
}
