using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.EmptyDirs;

/// <summary>What <c>empty-dirs.sh</c> says of one file system; sizes in bytes.</summary>
internal sealed record EmptyDirState
{
    private const long MostOfABlock = 1 << 22;

    public static HostScript Script { get; } = new("empty-dirs.sh", HostTrouble.Disk);

    /// <summary>One command with these very arguments; what it prints is how large each file is that a pod has in an emptyDir.</summary>
    public static HostPermission Permission { get; } = new(
        "/usr/bin/find /var/lib/kubelet/pods -xdev -mindepth 1 -path /var/lib/kubelet/pods/*/volumes/kubernetes.io~empty-dir/?* "
            + "-printf %D\\t%b\\t%i\\t%n\\t%P\\0 -o -regex /var/lib/kubelet/pods/[^/]+ -o -regex /var/lib/kubelet/pods/[^/]+/volumes "
            + "-o -regex /var/lib/kubelet/pods/[^/]+/volumes/kubernetes.io~empty-dir -o -prune");

    public required long Size { get; init; }
    /// <summary>What others than root may still write.</summary>
    public required long Available { get; init; }
    public required long Inodes { get; init; }
    public required long InodesFree { get; init; }
    public required IReadOnlyList<EmptyDirVolume> Volumes { get; init; }
    /// <summary>There was no time to look at all.</summary>
    public required bool IsCut { get; init; }
    /// <summary>The user who logs in may not look.</summary>
    public required bool IsHidden { get; init; }
    public required IReadOnlyDictionary<string, string> Identity { get; init; }
    /// <summary>Of the machine, in seconds.</summary>
    public required double Uptime { get; init; }
    /// <summary>As <see cref="HostAnswer.Reached"/>.</summary>
    public required string Reached { get; init; }

    /// <exception cref="ActionFailedException">The answer does not say how full the file system is, or which machine it is of.</exception>
    public static EmptyDirState Read(HostAnswer answer, string host, string mountPoint)
    {
        if (answer.Of("space").FirstOrDefault() is not
                [var size, var blocks, _, var available, var inodes, var inodesFree]
            || HostAnswer.Number(size) is not (> 0 and <= MostOfABlock and var block))
            throw new ActionFailedException(FailureKind.Transient, $"Host {host} does not say how full {mountPoint} is.");
        return new()
        {
            Size = block * HostAnswer.Count(blocks),
            Available = block * HostAnswer.Count(available),
            Inodes = HostAnswer.Number(inodes),
            InodesFree = HostAnswer.Number(inodesFree),
            Volumes = [.. answer.Of("volume").Select(EmptyDirVolume.Read).OfType<EmptyDirVolume>()],
            IsCut = answer.Has("cut"),
            IsHidden = answer.Has("hidden"),
            Identity = Machines.IdentityIn(answer),
            Uptime = HostAnswer.Seconds(answer.One("uptime")),
            Reached = answer.Reached,
        };
    }
}

/// <param name="Pod">The uid by which the kubelet knows it.</param>
/// <param name="Files">Inodes: files, folders and others.</param>
/// <param name="Data">A file of it that is called as a database's own are; empty where none is.</param>
internal sealed record EmptyDirVolume(string Pod, string Name, long Bytes, long Files, string Data)
{
    public static EmptyDirVolume? Read(IReadOnlyList<string> fields) =>
        fields is [{ Length: > 0 and <= 64 } pod, var name, var blocks, var files, var data]
        && pod.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? new(pod, HostAnswer.Short(name), HostAnswer.Bytes(blocks, 512), HostAnswer.Count(files), HostAnswer.Short(data))
            : null;
}
