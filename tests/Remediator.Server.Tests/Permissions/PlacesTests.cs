using Remediator.Core.Actions;
using Remediator.Core.Policies;
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
    public void Sudoers_NamesForEachHostWhatThePolicyAllowsThere_Once_AndEscapesWhatSeparates() =>
        Assert.Equal(
            """
            # Written by 'remediator permissions --for hosts' from what its actions declare.

            # host db-1
            ops ALL=(root) NOPASSWD: /usr/bin/journalctl --vacuum-size\=1048576
            ops ALL=(root) NOPASSWD: /usr/bin/systemctl --no-block reboot
            ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart a\\\\x2db.service
            ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart cron.service
            ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart getty@tty1.service

            # host db-2
            ops ALL=(root) NOPASSWD: /usr/bin/journalctl --vacuum-size\=2097152

            # Where the markers of acts are, so that none is begun twice; a line of its own file in /etc/tmpfiles.d:
            # d /run/remediator 0700 ops -

            """,
            Sudoers.Of(
                [
                    new(HostPermission.Reboot),
                    new($"/usr/bin/systemctl restart {HostPermission.Unit}"),
                    new($"/usr/bin/journalctl --vacuum-size={HostPermission.KeptJournal}"),
                    new($"/usr/bin/systemctl restart {HostPermission.Unit}")],
                [
                    Host("db-1", "ops", 1 << 20, "getty@tty1.service", "cron.service", @"a\x2db.service") with { MayReboot = true },
                    Host("db-2", "ops", 2 << 20),
                    Host("db-3", "root", 1 << 20, "cron.service")]));

    /// <summary>With just these arguments: who may run it makes no other file system larger.</summary>
    [Fact]
    public void Sudoers_LetsTheProgramThatGrowsBeRun_ForTheFileSystemsOfThePolicyAlone()
    {
        var text = Sudoers.Of(
            [new($"/usr/local/sbin/remediator-grow grow {HostPermission.Mount}") { Sha256 = "abc0" }],
            [
                Host("db-1", "ops", 1 << 20) with { Grows = [new("/", 1L << 40), new("/srv/a", 1L << 40)] },
                Host("db-2", "ops", 1 << 20) with { Temp = ["/tmp"] }]);

        Assert.Contains(
            "\n# host db-1\nops ALL=(root) NOPASSWD: sha256:abc0 /usr/local/sbin/remediator-grow grow /\n"
                + "ops ALL=(root) NOPASSWD: sha256:abc0 /usr/local/sbin/remediator-grow grow /srv/a\n\n# host db-2\n\n",
            text, StringComparison.Ordinal);
        Assert.Contains("'remediator permissions --for grower' prints", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sudoers_LetsTheProgramThatDeletesImagesBeRun_OnlyWhereThePolicyAllowsIt()
    {
        var text = Sudoers.Of(
            [new(HostPermission.Images) { Sha256 = "abc0" }, new("/usr/local/sbin/remediator-space") { Sha256 = "def0" }],
            [
                Host("n-1", "ops", 1 << 20) with { Node = "n-1", MayDeleteImages = true },
                Host("n-2", "ops", 1 << 20) with { Node = "n-2", Temp = ["/tmp"] }]);

        Assert.Contains(
            "\n# host n-1\nops ALL=(root) NOPASSWD: sha256:abc0 /usr/local/sbin/remediator-images\n\n"
                + "# host n-2\nops ALL=(root) NOPASSWD: sha256:def0 /usr/local/sbin/remediator-space\n",
            text, StringComparison.Ordinal);
        Assert.Contains("'remediator permissions --for images' prints", text, StringComparison.Ordinal);
    }

    /// <summary>By its digest alone, on hosts where files may be deleted; with the list that root has to put there.</summary>
    [Fact]
    public void Sudoers_LetsTheProgramThatDeletesBeRun_OnlyWhereThePolicyListsFiles()
    {
        var text = Sudoers.Of(
            [new("/usr/local/sbin/remediator-space") { Sha256 = "abc0" }],
            [
                Host("db-1", "ops", 1 << 20) with { Logs = ["/var/log/app/*.log"], KeepsTemp = TimeSpan.FromHours(1) },
                Host("db-2", "ops", 1 << 20), Host("db-3", "root", 1 << 20) with { Temp = ["/tmp"] }]);

        Assert.Contains(
            "\n# host db-1\nops ALL=(root) NOPASSWD: sha256:abc0 /usr/local/sbin/remediator-space\n\n# host db-2\n\n", text,
            StringComparison.Ordinal);
        Assert.Contains(
            """
            # host db-1
            # {"logs":["/var/log/app/*.log"],"keep_logs":604800,"temp":[],"keep_temp":3600}
            # host db-3
            # {"logs":[],"keep_logs":604800,"temp":["/tmp"],"keep_temp":864000}

            """, text, StringComparison.Ordinal);
        Assert.DoesNotContain("# host db-2\n# {", text, StringComparison.Ordinal);
    }

    private static ManagedHost Host(string name, string user, long keep, params string[] units) => new()
        { Name = name, Address = name, User = user, KeyFile = "/key", HostKeys = [], KeepsJournal = keep, Units = units };
}
