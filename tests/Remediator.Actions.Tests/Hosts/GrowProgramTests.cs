using System.Diagnostics;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// The program that makes file systems larger, on what sysfs and the tools of LVM and ext4 say: the machines of these tests have no device
/// mapper and grow no ext4. The tools write down how they are called, and nothing becomes larger.
/// </summary>
public sealed class GrowProgramTests : IDisposable
{
    private const long Gi = 1L << 30;

    private readonly string _top = Directory.CreateTempSubdirectory("remediator-grow").FullName;
    private readonly ManagedHost _host = new()
    {
        Name = "db-1", Address = "10.0.0.4", User = "root", KeyFile = "/key", HostKeys = [], Grows = [new("/data", 200 * Gi)],
    };

    public void Dispose() => Directory.Delete(_top, recursive: true);

    [Fact]
    public void Ext4_OnALogicalVolume_OnAPartition_OfAnEbsVolume_NeedsFourSteps()
    {
        Lvm();
        var seen = Run("look");

        Assert.Null(seen.Doubt(_host, "/data"));
        Assert.Equal(
            ("nvme1n1", 120 * Gi, "vol-0123456789abcdef0", "i-0123456789abcdef0"),
            (seen.Disk, seen.DiskBytes, seen.Volume, seen.Instance));
        // by extents of 4 MiB, without the first MiB, of a partition that ends 33 sectors before the disk
        const long After = (120 * Gi) - (8L << 20);
        Assert.Equal(
            [
                ("partition 1 of nvme1n1", (100 * Gi) - (2L << 20), (120 * Gi) - (1L << 20) - (33 * 512)),
                ("physical volume /dev/nvme1n1p1", (100 * Gi) - (4L << 20), After + (4L << 20)),
                ("logical volume data/main", (100 * Gi) - (8L << 20), After),
                ("file system at /data", (100 * Gi) - (8L << 20), After),
            ],
            seen.Steps);
        Assert.Equal(20 * Gi, seen.Room);
        // 960 groups of 128 MiB instead of 800
        Assert.Equal(160 * 8192, seen.Inodes);
        Assert.Equal(("", null), (seen.Blocked, seen.Limit));
        Assert.Equal("", Calls());
    }

    [Fact]
    public void TheStepsAreTaken_FromBelow_WithoutAByteOnTheDisk()
    {
        Lvm();
        var seen = Run("grow");

        Assert.Equal(seen.Steps.Select(s => s.What), seen.Done);
        Assert.Equal(
            """
            growpart /dev/nvme1n1 1 TMPDIR=/run
            pvresize -A n /dev/nvme1n1p1 TMPDIR=/run
            lvextend -A n -l +100%FREE data/main /dev/nvme1n1p1 TMPDIR=/run
            resize2fs /dev/dm-0 TMPDIR=/run

            """, Calls());
    }

    /// <summary>Killed after the partition, after the physical volume, after the logical volume: each time only the rest.</summary>
    [Theory]
    [InlineData(1, "pvresize lvextend resize2fs")]
    [InlineData(2, "lvextend resize2fs")]
    [InlineData(3, "resize2fs")]
    [InlineData(4, "")]
    public void CutOff_OnlyTheRestIsDone(int steps, string rest)
    {
        Lvm(steps);
        var seen = Run("grow");
        Assert.Null(seen.Doubt(_host, "/data"));
        Assert.Equal(rest, string.Join(' ', Calls().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split(' ')[0])));
        Assert.Equal(steps == 4, seen.Room == 0);
    }

    [Fact]
    public void AToolThatFails_EndsIt_WithWhatItSaid()
    {
        Lvm();
        Tool("pvresize", "echo '  Failed to find physical volume \"/dev/nvme1n1p1\".' >&2; exit 5");
        var seen = Run("grow");
        Assert.Equal(["partition 1 of nvme1n1"], seen.Done);
        Assert.Equal("physical volume /dev/nvme1n1p1: Failed to find physical volume \"/dev/nvme1n1p1\".", seen.Failed);
        Assert.DoesNotContain("lvextend", Calls(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        // case 56: each volume of a pool can always become larger, and the pool has no more room than before
        { "thin", "/data is on a thin volume: it has no more room than its pool, and the pool is not made larger" },
        { "raid1", "/data is on a logical volume of type raid1" },
        { "two", "volume group data has 2 physical volumes: which one is to become larger is for people" },
        { "crypt", "/data is on a mapped device that is no logical volume (CRYPT)" },
        { "behind", "another partition of nvme1n1 is behind number 1" },
        { "logical", "partition 5 of nvme1n1 is within another one" },
        { "table", "nvme1n1 has a partition table of type sun" },
        { "read-only", "/data is read-only" },
        { "bind", "what is mounted at /data is only a part of a file system" },
        { "btrfs", "a file system of type btrfs is not made larger" },
        { "gone", "nothing is mounted at /data" },
        { "mapped", "the physical volume /dev/nvme1n1p1 is on a mapped device" },
        { "errors", "the file system at /data has errors: it needs e2fsck first" },
        { "sparse", "the file system at /data has sparse_super2, and does not become larger while it is in use" },
        { "rigid", "the file system at /data has neither resize_inode nor meta_bg, and does not become larger while it is in use" },
        { "unread", "how large the file system at /data is cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void WhatCannotBeMadeLarger_IsSaid_AndLeft(string trouble, string refusal)
    {
        Lvm();
        var mount = File.ReadAllText(At("proc/self/mountinfo"));
        void Mount(string from, string to) =>
            File.WriteAllText(At("proc/self/mountinfo"), mount.Replace(from, to, StringComparison.Ordinal));
        switch (trouble)
        {
            case "thin" or "raid1": Tool("lvs", $"echo '  {trouble}'"); break;
            case "two": Tool("lvs", "case $* in *segtype*) echo linear ;; *) echo '  data main 4194304 2' ;; esac"); break;
            case "crypt": Put("sys/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123"); break;
            case "behind":
                Put("sys/block/nvme1n1/nvme1n1p2/start", "209715200");
                break;
            case "logical":
                Tool("blkid", "echo dos");
                Put("sys/block/nvme1n1/nvme1n1p1/partition", "5");
                break;
            case "table": Tool("blkid", "echo sun"); break;
            case "read-only": Mount(" rw,", " ro,"); break;
            case "bind": Mount(" / /data", " /a /data"); break;
            case "btrfs": Mount("ext4", "btrfs"); break;
            case "gone": Mount("/data", "/other"); break;
            case "mapped": Put("sys/block/nvme1n1/nvme1n1p1/dm/uuid", "CRYPT-LUKS2-0123"); break;
            case "errors": Ext(100 * Gi, state: "clean with errors"); break;
            case "sparse": Ext(100 * Gi, "resize_inode 64bit sparse_super2"); break;
            case "rigid": Ext(100 * Gi, "64bit sparse_super"); break;
            case "unread": Tool("dumpe2fs", "exit 1"); break;
        }

        var seen = Run("grow");
        Assert.Equal($"/data on host db-1 is not made larger: {refusal}.", seen.Doubt(_host, "/data"));
        Assert.Equal("", Calls());
    }

    /// <summary>What is bought beyond it is paid for, and of no use.</summary>
    [Theory]
    [InlineData("dos", "resize_inode 64bit", 2L << 40, "the partition table of nvme1n1 (MBR) can describe")]
    [InlineData("gpt", "resize_inode", (16L << 40) - 4096, "ext4 without 64bit can have")]
    [InlineData("dos", "resize_inode", 2L << 40, "the partition table of nvme1n1 (MBR) can describe")]
    public void ALargerDisk_IsOfUse_UpToWhatIsOnItCanDescribe(string table, string features, long bytes, string who)
    {
        Lvm();
        Tool("blkid", $"echo {table}");
        Ext(100 * Gi, features);
        var seen = Run("look");
        Assert.Null(seen.Doubt(_host, "/data"));
        Assert.Equal((bytes, who), seen.Limit);
    }

    [Fact]
    public void WithoutGrowpart_ALargerDisk_IsOfNoUse_AndAFileSystemThatHasAPartitionOfItsSizeIsNotInItsWay()
    {
        Lvm(1);
        var seen = Run("grow", growpart: "no-such-growpart");
        Assert.Equal(
            "growpart (cloud-guest-utils, cloud-utils-growpart) is not there, and without it the partition stays as it is", seen.Blocked);
        Assert.Equal(["physical volume /dev/nvme1n1p1", "logical volume data/main", "file system at /data"], seen.Done);
    }

    /// <param name="done">How many of the four steps were taken before.</param>
    private void Lvm(int done = 0)
    {
        var partition = done > 0 ? ((120 * Gi) - (1L << 20) - (33 * 512)) / 512 : ((100 * Gi) - (2L << 20)) / 512;
        var physical = done > 1 ? (120 * Gi) - (4L << 20) : (100 * Gi) - (4L << 20);
        var logical = done > 2 ? (120 * Gi) - (8L << 20) : (100 * Gi) - (8L << 20);
        var file = done > 3 ? logical : (100 * Gi) - (8L << 20);
        Put("proc/self/mountinfo", "36 1 254:0 / /data rw,relatime shared:1 - ext4 /dev/mapper/data-main rw");
        Put("sys/block/dm-0/dm/uuid", "LVM-abcdefabcdef");
        Put("sys/block/dm-0/size", $"{logical / 512}");
        Put("sys/block/nvme1n1/size", $"{120 * Gi / 512}");
        Put("sys/block/nvme1n1/device/serial", "vol0123456789abcdef0");
        Put("sys/block/nvme1n1/device/model", "Amazon Elastic Block Store              ");
        Put("sys/block/nvme1n1/nvme1n1p1/partition", "1");
        Put("sys/block/nvme1n1/nvme1n1p1/start", "2048");
        Put("sys/block/nvme1n1/nvme1n1p1/size", $"{partition}");
        Put("sys/class/dmi/id/board_asset_tag", "i-0123456789abcdef0");
        Directory.CreateDirectory(At("sys/dev/block"));
        Directory.CreateDirectory(At("sys/class/block"));
        File.CreateSymbolicLink(At("sys/dev/block/254:0"), At("sys/block/dm-0"));
        File.CreateSymbolicLink(At("sys/class/block/nvme1n1p1"), At("sys/block/nvme1n1/nvme1n1p1"));
        Tool("blkid", "echo gpt");
        Ext(file);
        Tool("lvs", "case $* in *segtype*) echo '  linear' ;; *) echo '  data main 4194304 1' ;; esac");
        // the logical volume leaves one extent of 4 MiB, of which the recorded group keeps none free
        Tool("pvs", $"echo '  /dev/nvme1n1p1 {physical} {(done == 2 ? 20 * Gi : 0)} 1048576'");
        foreach (var tool in new[] { "growpart", "pvresize", "lvextend", "resize2fs" })
            Tool(tool, $"echo {tool} $* TMPDIR=$TMPDIR >>{At("calls")}");
    }

    /// <summary>As dumpe2fs -h prints it, with what is not read left out.</summary>
    private void Ext(long bytes, string features = "has_journal resize_inode 64bit sparse_super", string state = "clean") => Tool(
        "dumpe2fs", $"""
        cat <<'T'
        Filesystem volume name:   with errors
        Filesystem features:      {features}
        Filesystem state:         {state}
        Errors behavior:          Continue
        Inode count:              {((bytes / 4096) + 32767) / 32768 * 8192}
        Block count:              {bytes / 4096}
        Reserved block count:     13
        First block:              0
        Block size:               4096
        Blocks per group:         32768
        Inodes per group:         8192
        T
        """);

    private GrowState Run(string verb, string growpart = "growpart")
    {
        var program = At("remediator-grow");
        File.WriteAllText(
            program,
            GrowHelper.Text
                .Replace("PATH=/usr/sbin:", $"PATH={At("bin")}:/usr/sbin:", StringComparison.Ordinal)
                .Replace("/proc/self/mountinfo", At("proc/self/mountinfo"), StringComparison.Ordinal)
                .Replace("command -v growpart", $"command -v {growpart}", StringComparison.Ordinal)
                .Replace("/sys/", $"{At("sys")}/", StringComparison.Ordinal));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", [program, verb, "/data"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal("", errors);
        return GrowState.Read(HostAnswer.Parse($"grower\tok\n{output}end\n")!);
    }

    private string Calls() => File.Exists(At("calls")) ? File.ReadAllText(At("calls")) : "";

    private void Tool(string name, string script)
    {
        Put($"bin/{name}", $"#!/bin/sh\n{script}");
        File.SetUnixFileMode(At($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), $"{text}\n");
    }

    private string At(string path) => Path.Combine(_top, path);
}
