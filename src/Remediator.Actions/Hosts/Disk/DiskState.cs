using System.Globalization;
using System.Text;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Disk;

/// <summary>What <c>disk.sh</c> says of one file system; sizes in bytes.</summary>
internal sealed record DiskState
{
    private const long MostOfABlock = 1 << 22;

    /// <summary>Asks only whether the file system could become larger.</summary>
    public const string Grow = "grow";

    public static HostScript Script { get; } = new("disk.sh", HostTrouble.Disk);

    public required string Type { get; init; }
    public required string Device { get; init; }
    public required bool IsReadOnly { get; init; }
    public required long Size { get; init; }
    /// <summary>What root may still write.</summary>
    public required long Free { get; init; }
    /// <summary>What others may still write: less than what is free where blocks are reserved.</summary>
    public required long Available { get; init; }
    public required long Inodes { get; init; }
    public required long InodesFree { get; init; }
    /// <summary>Files of the journal on this file system.</summary>
    public required IReadOnlyList<JournalFile> Journal { get; init; }
    /// <summary>There are files of the journal on another file system.</summary>
    public required bool IsJournalElsewhereToo { get; init; }
    /// <summary>The journal is somewhere that the user may not look.</summary>
    public required bool IsJournalHidden { get; init; }
    /// <summary>Files without a name that a process keeps open, as far as the user may see; each once.</summary>
    public required IReadOnlyList<DeletedFile> Deleted { get; init; }
    public required IReadOnlyDictionary<string, string> Identity { get; init; }
    /// <summary>As <see cref="HostAnswer.Reached"/>.</summary>
    public required string Reached { get; init; }
    /// <summary>Of the machine, in seconds.</summary>
    public required double Uptime { get; init; }

    /// <summary>As the alerts count it: of what others than root may use.</summary>
    public double UsedPercent => Size == 0 ? 100 : 100 - (100.0 * Available / Size);

    public double InodesUsedPercent => Inodes == 0 ? 0 : 100 - (100.0 * InodesFree / Inodes);

    /// <summary>The arguments of the script for one mount point.</summary>
    public static string[] Arguments(string mountPoint) => [mountPoint, AsMountInfo(mountPoint), "", "", "", ""];

    /// <summary>The same, to ask the programs of root as well, where the policy lets them be used.</summary>
    /// <param name="what">
    /// <c>look</c>, <c>makes</c> for no more than whether a file can be made, or <see cref="Grow"/> for the program that makes it larger.
    /// </param>
    /// <param name="all">That program is asked as well, and the one that deletes container images.</param>
    public static string[] Arguments(string mountPoint, ManagedHost host, string what = "look", bool all = false) =>
    [
        mountPoint, AsMountInfo(mountPoint), host.MayDelete && what != Grow ? SpaceHelper.Digest : "", what,
        host.Grow(mountPoint) is not null && (all || what == Grow) ? GrowHelper.Digest : "",
        host.MayDeleteImages && all ? ImagesHelper.Digest : "",
    ];

    /// <exception cref="ActionFailedException">Nothing is mounted there, or the answer is not of the script.</exception>
    public static DiskState Read(HostAnswer answer, string host, string mountPoint)
    {
        if (answer.Has("absent"))
            throw new ActionFailedException(FailureKind.Permanent, $"No file system is mounted at {mountPoint} on host {host}.");
        if (answer.Has("silent"))
            throw new ActionFailedException(
                FailureKind.Transient,
                $"The file system at {mountPoint} on host {host} does not answer{Of(answer)}: its server or its disk may be dead.");
        if (answer.Of("mount").FirstOrDefault() is not [var type, var device, var options]
            || answer.Of("space").FirstOrDefault() is not
                [var size, var blocks, var free, var available, var inodes, var inodesFree]
            || HostAnswer.Number(size) is not (> 0 and <= MostOfABlock and var block))
            throw new ActionFailedException(FailureKind.Transient, $"Host {host} does not say how full {mountPoint} is.");

        var number = answer.One("device");
        return new()
        {
            Type = HostAnswer.Short(type),
            Device = HostAnswer.Short(device),
            IsReadOnly = options.Split(',').Contains("ro"),
            Size = block * HostAnswer.Count(blocks),
            Free = block * HostAnswer.Count(free),
            Available = block * HostAnswer.Count(available),
            Inodes = HostAnswer.Number(inodes),
            InodesFree = HostAnswer.Number(inodesFree),
            Journal = [.. answer.Of("journal").Select(JournalFile.Read).OfType<JournalFile>().Where(f => f.Device == number)],
            IsJournalElsewhereToo = answer.Of("journal").Select(JournalFile.Read).OfType<JournalFile>().Any(f => f.Device != number),
            IsJournalHidden = answer.Has("unreadable"),
            Deleted = [.. answer.Of("deleted").Select(DeletedFile.Read).OfType<DeletedFile>()
                .Where(f => f.Device == number)
                .DistinctBy(f => f.Inode)],
            Identity = Machines.IdentityIn(answer),
            Reached = answer.Reached,
            Uptime = HostAnswer.Seconds(answer.One("uptime")),
        };
    }

    private static string Of(HostAnswer answer) => answer.Of("mount").FirstOrDefault() is [var type, var device, ..]
        ? $" ({HostAnswer.Short(type)}, {HostAnswer.Short(device)})"
        : "";

    /// <summary>Blanks and backslashes as proc(5) writes them.</summary>
    private static string AsMountInfo(string path)
    {
        var text = new StringBuilder();
        foreach (var c in path)
            text.Append(c is ' ' or '\t' or '\n' or '\\' ? $"\\{Convert.ToString(c, 8).PadLeft(3, '0')}" : c.ToString());
        return text.ToString();
    }
}

/// <param name="Changed">When it was written last, in seconds of Unix time.</param>
internal sealed record JournalFile(string Device, long Bytes, double Changed, string Name)
{
    /// <summary>Nothing is written to it any more; the others become so when journald begins new ones.</summary>
    public bool IsArchived => Name.Contains('@', StringComparison.Ordinal);

    public static JournalFile? Read(IReadOnlyList<string> fields) =>
        fields is [var device, var blocks, var changed, var name]
        && double.TryParse(changed, NumberStyles.Float, CultureInfo.InvariantCulture, out var at)
            ? new(device, HostAnswer.Bytes(blocks, 512), at, name)
            : null;
}

internal sealed record DeletedFile(string Device, string Inode, long Bytes, string Holder)
{
    public static DeletedFile? Read(IReadOnlyList<string> fields) =>
        fields is [var device, var inode, var blocks, var path] && path.Split('/') is [_, "proc", var pid, ..]
            ? new(device, inode, HostAnswer.Bytes(blocks, 512), pid)
            : null;
}
