using Amazon.EC2;
using Amazon.EC2.Model;
using Remediator.Actions.Aws.GrowVolume;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Tests.Aws;

public sealed class VolumeGrowthTests
{
    private const string Id = "vol-0123456789abcdef0";
    private const string Instance = "i-0123456789abcdef0";
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, string, int, int> Sizes => new()
    {
        { 100, "20", 200, 120 },
        { 100, "50", 200, 150 },
        // never less than 20%, since it cannot be changed again soon
        { 100, "5", 200, 120 },
        { 8, "20", 200, 10 },
        { 1, "20", 200, 2 },
        { 100, "50", 130, 130 },
        { 100, "20", 120, 120 },
        { 100, "20", 119, 0 },
        { 200, "20", 200, 0 },
        { 300, "20", 200, 0 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AVolume_BecomesSoMuchLarger_UpToWhatThePolicyAllows(int gib, string by, int upTo, int target)
    {
        var growth = VolumeGrowth.Of(
            Seen(gib), Disk(gib), new("/data", (long)upTo << 30), Id,
            decimal.Parse(by, System.Globalization.CultureInfo.InvariantCulture), Now);
        Assert.Equal(target, growth.GiB);
        Assert.Equal(
            target == 0 ? $"volume {Id} has {gib} GiB, and less than 20% is left up to the {upTo} GiB that the policy allows" : null,
            growth.Doubt);
    }

    public static TheoryData<string, long, int, int, string?> Limits => new()
    {
        // an MBR: up to its end, and not where too little is left there
        { "gp3", 2048, 1500, 1800, null },
        { "gp3", 2048, 1800, 0, "2048 GiB that the partition table of nvme1n1 (MBR) can describe" },
        { "gp3", 2048, 1706, 2048, null },
        { "gp3", 2048, 3000, 0, "2048 GiB that the partition table of nvme1n1 (MBR) can describe" },
        { "gp2", 0, 13000, 15600, null },
        { "gp2", 0, 14000, 0, "16384 GiB that a volume of type gp2 can have" },
        { "standard", 0, 900, 0, "1024 GiB that a volume of type standard can have" },
        { "io2", 0, 14000, 16800, null },
        // one that this version does not know: EC2 says it
        { "gp9", 0, 60000, 72000, null },
        { "gp3", 0, 60000, 0, "65536 GiB that a volume of type gp3 can have" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void WhatCannotBeUsed_OrCannotBe_IsNotAskedFor(string type, long limit, int gib, int target, string? left)
    {
        var seen = Seen(gib);
        seen.Volume!.VolumeType = type;
        var growth = VolumeGrowth.Of(
            seen, Disk(gib, limit > 0 ? $"grow-limit\t{limit << 30}\tthe partition table of nvme1n1 (MBR) can describe\n" : ""),
            new("/data", 200_000L << 30), Id, 20, Now);
        Assert.Equal(
            (target, left is null ? null : $"volume {Id} has {gib} GiB, and less than 20% is left up to the {left}"),
            (growth.GiB, growth.Doubt));
    }

    [Fact]
    public void WhatKeepsTheHostFromUsingIt_IsSaid_BeforeItIsPaidFor() =>
        Assert.Equal(
            "growpart is not there",
            VolumeGrowth.Of(
                Seen(100), Disk(100, "grow-blocked\tgrowpart is not there\n"), new("/data", 200L << 30), Id, 20, Now).Doubt);

    public static TheoryData<string, string> Doubts => new()
    {
        { "gone", $"EC2 knows no volume {Id}" },
        { "available", $"volume {Id} is attached to no instance (available)" },
        { "detaching", $"volume {Id} is attached to no instance (in-use)" },
        { "shared", $"volume {Id} is attached to 2 instances" },
        { "other", $"volume {Id} is attached to instance i-0fffffffffffffff0, and the host says that it is {Instance}" },
        { "another disk", $"volume {Id} has 100 GiB, and nvme1n1 on the host 8 GiB" },
        { "modifying", $"EC2 is still at its last change of volume {Id} (modifying), and takes another one only later" },
        { "optimizing", $"EC2 is still at its last change of volume {Id} (optimizing), and takes another one only later" },
        { "grown", $"volume {Id} was made larger, from 80 to 100 GiB, on 2026-11-01: what has filled it again is for people" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public void WhatSpeaksAgainstIt_IsSaid(string trouble, string doubt)
    {
        var (seen, disk) = (Seen(100), Disk(trouble == "another disk" ? 8 : 100));
        var volume = seen.Volume!;
        switch (trouble)
        {
            case "gone": seen = new(null, null); break;
            case "available": (volume.State, volume.Attachments) = (VolumeState.Available, []); break;
            case "detaching": volume.Attachments[0].State = VolumeAttachmentState.Detaching; break;
            case "shared": volume.Attachments.Add(Attached("i-0fffffffffffffff0")); break;
            case "other": volume.Attachments[0].InstanceId = "i-0fffffffffffffff0"; break;
            case "modifying" or "optimizing": seen = new(volume, Change(trouble, Now.AddDays(-60))); break;
            case "grown": seen = new(volume, Change("completed", Now.AddDays(-26))); break;
        }

        var growth = VolumeGrowth.Of(seen, disk, new("/data", 200L << 30), Id, 20, Now);
        Assert.Equal((0, doubt), (growth.GiB, growth.Doubt));
    }

    /// <summary>Long ago, of another kind, or without effect.</summary>
    [Theory]
    [InlineData("completed", -31, 80)]
    [InlineData("completed", -1, 100)]
    [InlineData("failed", -1, 80)]
    public void OtherChanges_AreInNobodysWay(string state, int days, int original)
    {
        var change = Change(state, Now.AddDays(days));
        change.OriginalSize = original;
        Assert.Null(VolumeGrowth.Of(
            new(Seen(100).Volume, change), Disk(100), new("/data", 200L << 30), Id, 20, Now).Doubt);
    }

    [Theory]
    [InlineData("modifying", true, false)]
    [InlineData("optimizing", true, true)]
    [InlineData("completed", true, true)]
    [InlineData("failed", false, false)]
    public void AVolume_HasItsNewSize_FromOptimizingOn(string state, bool asked, bool has)
    {
        var change = Change(state, Now);
        change.TargetSize = 120;
        var seen = new VolumeSight(Seen(100).Volume, change);
        Assert.Equal((asked, has), (seen.IsAskedFor(120), seen.Has(120)));
        Assert.False(seen.IsAskedFor(121) || seen.Has(121));
    }

    private static VolumeSight Seen(int gib) => new(
        new() { VolumeId = Id, Size = gib, State = VolumeState.InUse, Attachments = [Attached(Instance)] }, null);

    private static VolumeAttachment Attached(string instance) =>
        new() { InstanceId = instance, State = VolumeAttachmentState.Attached };

    private static VolumeModification Change(string state, DateTimeOffset at) => new()
    {
        VolumeId = Id, ModificationState = state, OriginalSize = 80, TargetSize = 100, StartTime = at.UtcDateTime,
    };

    private static GrowState Disk(int gib, string more = "") => GrowState.Read(HostAnswer.Parse(
        $"grower\tok\ngrow-disk\tnvme1n1\t{(long)gib << 30}\tvol0123456789abcdef0\tAmazon Elastic Block Store\t{Instance}\n"
            + $"{more}grow-done\nend\n")!);
}
