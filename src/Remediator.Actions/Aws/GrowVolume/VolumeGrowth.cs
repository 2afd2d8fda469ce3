using System.Globalization;
using Remediator.Actions.Hosts.Grow;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws.GrowVolume;

/// <summary>How large a volume is to become, or why it is not to.</summary>
internal sealed record VolumeGrowth(int GiB, string? Doubt)
{
    /// <summary>
    /// One that is full again within that time is filled by something that more room does not help: it is for people, and so is one that
    /// people have just made larger.
    /// </summary>
    private static readonly TimeSpan OnceIn = TimeSpan.FromDays(30);

    private const decimal Least = 20;

    /// <summary>In GiB, by type (EBS User Guide, "Amazon EBS volume types"). Of others EC2 has to say it.</summary>
    private static readonly Dictionary<string, int> Largest = new(StringComparer.Ordinal)
    {
        ["gp2"] = 16384, ["gp3"] = 65536, ["io1"] = 16384, ["io2"] = 65536, ["st1"] = 16384, ["sc1"] = 16384, ["standard"] = 1024,
    };

    public static VolumeGrowth Of(
        VolumeSight seen, GrowState disk, GrowingFileSystem may, string id, decimal byPercent, DateTimeOffset now)
    {
        if (Speaks(seen, disk, id, now) is { } doubt)
            return new(0, doubt);
        var wanted = Larger(seen.GiB, Math.Max(byPercent, Least));
        var (most, who) = Most(seen, disk, may);
        var target = (int)Math.Min(wanted, most);
        return target >= Larger(seen.GiB, Least)
            ? new(target, null)
            : new(0, $"volume {id} has {seen.GiB} GiB, and less than 20% is left up to the {most} GiB that {who}");
    }

    /// <summary>The least of all that limits it, in GiB; what is paid for and cannot be used is no growth.</summary>
    private static (long GiB, string Who) Most(VolumeSight seen, GrowState disk, GrowingFileSystem may)
    {
        List<(long GiB, string Who)> limits = [(may.UpTo >> 30, "the policy allows")];
        if (disk.Limit is var (bytes, who))
            limits.Add((bytes >> 30, who));
        if (seen.Volume?.VolumeType?.Value is { } type && Largest.TryGetValue(type, out var largest))
            limits.Add((largest, $"a volume of type {type} can have"));
        return limits.MinBy(l => l.GiB);
    }

    private static string? Speaks(VolumeSight seen, GrowState disk, string id, DateTimeOffset now)
    {
        if (disk.Blocked.Length > 0)
            return disk.Blocked;
        if (seen.Volume is not { } volume)
            return $"EC2 knows no volume {id}";
        var attached = (volume.Attachments ?? []).Where(a => a.State?.Value == "attached").ToList();
        if (volume.State?.Value != "in-use" || attached.Count == 0)
            return $"volume {id} is attached to no instance ({volume.State?.Value})";
        if (attached.Count > 1)
            return $"volume {id} is attached to {attached.Count} instances";
        if (disk.Instance.Length > 0 && attached[0].InstanceId != disk.Instance)
            return $"volume {id} is attached to instance {attached[0].InstanceId}, and the host says that it is {disk.Instance}";
        if (seen.State is "modifying" or "optimizing")
            return $"EC2 is still at its last change of volume {id} ({seen.State}), and takes another one only later";
        if ((long)seen.GiB << 30 != disk.DiskBytes)
            return $"volume {id} has {seen.GiB} GiB, and {disk.Disk} on the host {InGiB(disk.DiskBytes)} GiB";
        return seen is { State: "completed", Change: { StartTime: { } at } change } && change.TargetSize > change.OriginalSize
            && now - new DateTimeOffset(at.ToUniversalTime()) < OnceIn
            ? $"volume {id} was made larger, from {change.OriginalSize} to {change.TargetSize} GiB, on {Day(at)}: what has filled it again "
                + "is for people"
            : null;
    }

    private static long Larger(int gib, decimal byPercent) => (long)Math.Ceiling(gib * (100 + byPercent) / 100);

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string InGiB(long bytes) => Math.Round(bytes / (double)(1L << 30), 2).ToString(CultureInfo.InvariantCulture);
}
