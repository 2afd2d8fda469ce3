using System.Globalization;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.GrowFileSystem;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Real disks that become larger under real file systems. ext4 cannot be grown on every machine, so XFS stands for it.</summary>
[Trait("Needs", "Hosts")]
public sealed class GrowFileSystemTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task AFullRoot_WhoseDiskHasBecomeLarger_HasAsMuchAsWasSaid_AndOnceIsEnough(string user)
    {
        await using var host = await TestHost.StartAsync(900, "xfs");
        var entry = Entry(host, user, "/", 2L << 30);
        await InstallAsync(host, "/");
        var (look, grow) = (new DiskLook(HostFixture.Machines(entry)), new GrowFileSystemAction(HostFixture.Machines(entry)));
        var request = HostFixture.Request(new GrowFileSystemInput());
        await host.RunAsync("head -c 2G /dev/zero >/var/lib/filler 2>/dev/null; sync");
        Assert.Contains("the disk has to become larger first", (await grow.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
        await host.GrowDiskAsync(1400);

        var seen = (await look.LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.Equal(("allowed", "ok", $"{1400L << 20}"), (seen["grow"], seen["grow_helper"], seen["disk_bytes"]));
        Assert.Equal($"{500L << 20}", seen["room_to_grow_bytes"]);
        Assert.True(double.Parse(seen["used_percent"], CultureInfo.InvariantCulture) > 99, seen.ToString());
        var plan = (await grow.PlanAsync(request, Token)).Plan!;
        Assert.Equal("make / of host db-1 larger, from 900 MiB to 1400 MiB", plan.Summary);
        Assert.Equal(plan.Preconditions, (await grow.IdentifyAsync(request, plan, Token))!);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await grow.ProbeAsync(request, plan, Token)).Answer);
        var outcome = await grow.ApplyAsync(request, plan, Token);

        Assert.Equal("/ on host db-1 is larger (file system at /).", outcome.Message);
        var gains = GainSeen.Compare(plan.Gains, outcome.Gains);
        Assert.Equal(["bytes on /", "inodes on /"], gains.Select(g => g.Of));
        Assert.All(gains, g => Assert.True(g.IsAsExpected(), g.Describe()));
        Assert.Equal(ProbeAnswer.Happened, (await grow.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal("/ on host db-1 is larger.", (await grow.ApplyAsync(request, plan, Token)).Message);
        Assert.Contains("has all of", (await grow.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
    }

    /// <summary>Between the partition and the file system, with the session and the program on the host gone.</summary>
    [Fact]
    public async Task CutOffBetweenPartitionAndFileSystem_ItGoesOnWithTheRest()
    {
        await using var host = await TestHost.StartAsync(1500, "xfs");
        var entry = Entry(host, "root", "/srv/data", 2L << 30);
        await InstallAsync(host, "/srv/data");
        await using var disk = await PartitionedAsync(host);
        var grow = new GrowFileSystemAction(HostFixture.Machines(entry));
        var request = HostFixture.Request(new GrowFileSystemInput(), "/srv/data");
        // full to the last inode, with the tool that is to make it larger held before it has begun
        await host.RunAsync("""
            head -c 1G /dev/zero >/srv/data/filler 2>/dev/null
            mv /usr/sbin/xfs_growfs /usr/sbin/xfs_growfs.real
            printf '#!/bin/sh\nexec sleep 1000\n' >/usr/sbin/xfs_growfs; chmod 755 /usr/sbin/xfs_growfs
            """);
        await disk.GrowAsync(700);
        var plan = (await grow.PlanAsync(request, Token)).Plan!;
        Assert.Equal([$"partition 1 of {disk.Name}", "file system at /srv/data"], plan.Changes.Select(c => c.Field));

        var cut = grow.ApplyAsync(request, plan, Token);
        await host.RunAsync("""
            until held=$(pgrep -f 'sleep 1000'); do sleep 0.1; done
            kill -KILL $(pgrep -f 'remediator-grow grow') $held $(cat /run/remediator/*/pid)
            mv /usr/sbin/xfs_growfs.real /usr/sbin/xfs_growfs
            """);
        Assert.Equal(FailureKind.Unknown, (await Assert.ThrowsAsync<ActionFailedException>(() => cut)).Kind);

        Assert.Equal(ProbeAnswer.DidNotHappen, (await grow.ProbeAsync(request, plan, Token)).Answer);
        var outcome = await grow.ApplyAsync(request, plan, Token);
        Assert.Equal("/srv/data on host db-1 is larger (file system at /srv/data).", outcome.Message);
        var gains = GainSeen.Compare(plan.Gains, outcome.Gains);
        Assert.Equal(["bytes on /srv/data", "inodes on /srv/data"], gains.Select(g => g.Of));
        Assert.All(gains, g => Assert.True(g.IsAsExpected(), g.Describe()));
        Assert.Equal("filler\n", await host.RunAsync("ls /srv/data"));
    }

    [Fact]
    public async Task MoreThanThePolicyAllows_AnotherPartitionBehindIt_OrNoRight_IsRefused_AndSaid()
    {
        await using var host = await TestHost.StartAsync(900, "xfs");
        await host.GrowDiskAsync(1400);
        var request = HostFixture.Request(new GrowFileSystemInput());
        async Task<string?> RefusalAsync(ManagedHost entry) =>
            (await new GrowFileSystemAction(HostFixture.Machines(entry)).PlanAsync(request, Token)).Refusal;

        Assert.Equal(
            "The policy does not let / on host db-1 become larger; 'grow' of the host says which may.",
            await RefusalAsync(HostFixture.Entry(host)));
        Assert.Equal(
            $"Host db-1 has no {GrowHelper.Path}; 'remediator permissions --for grower' prints it.",
            await RefusalAsync(Entry(host, "root", "/", 2L << 30)));
        await InstallAsync(host, "/srv/other");
        Assert.StartsWith(
            $"sudo on host db-1 does not let user ops run {GrowHelper.Path} for / with the digest",
            await RefusalAsync(Entry(host, "ops", "/", 2L << 30)), StringComparison.Ordinal);
        Assert.Equal(
            "/ on host db-1 would have 1400 MiB, and the policy allows 1024 MiB.", await RefusalAsync(Entry(host, "root", "/", 1L << 30)));
        Assert.Contains("blocks=230400,", await host.RunAsync("xfs_info /"), StringComparison.Ordinal);

        await using var disk = await PartitionedAsync(host, second: true);
        await disk.GrowAsync(700);
        var data = await new GrowFileSystemAction(HostFixture.Machines(Entry(host, "root", "/srv/data", 2L << 30)))
            .PlanAsync(HostFixture.Request(new GrowFileSystemInput(), "/srv/data"), Token);
        Assert.Equal($"/srv/data on host db-1 is not made larger: another partition of {disk.Name} is behind number 1.", data.Refusal);
    }

    private static ManagedHost Entry(TestHost host, string user, string mountPoint, long upTo) =>
        HostFixture.Entry(host, user) with { Grows = [new(mountPoint, upTo)] };

    /// <summary>As the manual says it.</summary>
    private static async Task InstallAsync(TestHost host, string mountPoint)
    {
        await File.WriteAllTextAsync(Path.Combine(host.Root, "usr/local/sbin/remediator-grow"), GrowHelper.Text, Token);
        await host.RunAsync($$"""
            chmod 755 {{GrowHelper.Path}}
            for verb in look grow; do
              echo "ops ALL=(root) NOPASSWD: sha256:{{GrowHelper.Digest}} {{GrowHelper.Path}} $verb {{mountPoint}}"
            done >/etc/sudoers.d/remediator
            chmod 440 /etc/sudoers.d/remediator
            visudo -cqf /etc/sudoers.d/remediator
            install -d -o ops -m 700 /run/remediator
            """);
    }

    /// <summary>A second disk of 400 MiB or more, of which /srv/data is the first partition.</summary>
    private static async Task<SecondDisk> PartitionedAsync(TestHost host, bool second = false)
    {
        var disk = await SecondDisk.AddAsync(host, second ? 420 : 360);
        await host.RunAsync($$"""
            mknod {{disk.Path}} b 7 {{disk.Name[4..]}}
            printf 'label: gpt\nstart=2048, size=320MiB, type=L\n{{(second ? "size=40MiB, type=L\\n" : "")}}' |
              sfdisk -q --no-reread --no-tell-kernel {{disk.Path}} >/dev/null
            partx -a {{disk.Path}}
            mknod {{disk.Path}}p1 b $(tr : ' ' </sys/class/block/{{disk.Name}}p1/dev)
            mkfs.xfs -q {{disk.Path}}p1; mkdir -p /srv/data; mount {{disk.Path}}p1 /srv/data
            """);
        return disk;
    }
}
