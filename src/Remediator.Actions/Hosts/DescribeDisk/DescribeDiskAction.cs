using System.Globalization;
using System.Text;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.DescribeDisk;

/// <summary>Keeps what fills a file system, for the people who get it.</summary>
internal sealed class DescribeDiskAction(Machines machines) : IReadAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-disk",
        Class = ActionClass.Read,
        Input = typeof(DiskInput),
        Summary = "Records what fills a file system of a host: its largest folders and files, files that are deleted and still open with "
            + "who holds them, the journal, what may be deleted there, and what is left alone and why.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = [SpaceHelper.Permission, GrowHelper.Look, ImagesHelper.Permission, .. SystemsManagerPermissions.All],
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(
            request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host, all: true));
        var (disk, space) = (DiskState.Read(answer, host.Name, mountPoint), SpaceState.Read(answer, host));
        var (grow, images) = (GrowState.Read(answer), ImagesState.Read(answer));
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{mountPoint} ({disk.Type} on {disk.Device}{(disk.IsReadOnly ? ", read-only" : "")}): {disk.UsedPercent:0.#}% of "
                + $"{Size(disk.Size)} and {disk.InodesUsedPercent:0.#}% of {disk.Inodes} inodes used; {Size(disk.Free - disk.Available)} "
                + $"are reserved for root; the journal has {Size(disk.Journal.Sum(j => j.Bytes))}\n");
        foreach (var open in space.Open)
            Line(text, open.Bytes, $"deleted, and open in {Holder(open)}: {open.Path}{(open.Doubt.Length > 0 ? $" ({open.Doubt})" : "")}");
        foreach (var file in disk.Deleted.Where(_ => space.Open.Count == 0).OrderByDescending(f => f.Bytes).Take(10))
            Line(text, file.Bytes, $"deleted, and open in process {file.Holder}");
        foreach (var (bytes, entries, path) in space.Folders)
            Line(text, bytes, $"in {Plural.Of(entries, "entry", "entries")} below {path}");
        foreach (var (bytes, path) in space.Files)
            Line(text, bytes, $"file {path}");
        foreach (var (entries, path) in space.Many)
            text.Append(CultureInfo.InvariantCulture, $"{Plural.Of(entries, "entry", "entries")} below {path}\n");
        foreach (var all in space.All)
            Line(text, all.Bytes, $"may go, in {Plural.Of(all.Files, "file")} ({all.Kind})");
        foreach (var left in space.Left)
            text.Append(CultureInfo.InvariantCulture, $"left: {left.Path} {left.Why}\n");
        foreach (var kind in space.Cut)
            text.Append(CultureInfo.InvariantCulture, $"Not everything that may go was looked at ({kind}): there was no time for more.\n");
        foreach (var watcher in space.Watchers)
            text.Append(CultureInfo.InvariantCulture, $"{watcher.Describe()}\n");
        if (space.Makes == "false")
            text.Append(CultureInfo.InvariantCulture, $"No file can be made there: {space.MakesNone}\n");
        if (host.Grow(mountPoint) is { } may)
            text.Append(CultureInfo.InvariantCulture, $"It may become {Size(may.UpTo)} large: {Larger(grow, host, mountPoint)}\n");
        if (host.MayDeleteImages)
            Images(text, images, host);
        if (space.IsBounded)
            text.Append("Not all of it was seen: the look takes only so long.\n");
        if (space.Doubt(host) is { } doubt)
            text.Append(CultureInfo.InvariantCulture, $"What fills it was not looked for: {doubt}\n");
        var lines = EvidenceText.Head(text.ToString(), 8000);
        return new("Disk", lines)
        {
            Values = new Dictionary<string, string>
            {
                ["reason"] = EvidenceText.OneLine(string.Join("; ", Reasons(disk, space)), 500),
                ["last_log_lines"] = Excerpt.Of(lines, 2000),
            },
        };
    }

    /// <summary>The deepest folder that has more than half of what is used: those above it say less.</summary>
    private static string Reason(DiskState disk, SpaceState space)
    {
        var used = disk.Size - disk.Free;
        var deleted = space.Open.Count > 0 ? space.Open.Sum(o => o.Bytes) : disk.Deleted.Sum(f => f.Bytes);
        if (deleted > used / 4)
            return $"{Size(deleted)} of {Size(used)} are in files that are deleted and still open"
                + $"{(space.Open.MaxBy(o => o.Bytes) is { } worst ? $", most in {Holder(worst)}" : "")}";
        var folder = space.Folders.Where(f => f.Bytes > used / 3).OrderByDescending(f => f.Path.Count(c => c == '/')).FirstOrDefault();
        return folder.Path is { Length: > 1 } path ? $"{Size(folder.Bytes)} of {Size(used)} are below {path}" : "";
    }

    /// <summary>Where free bytes and inodes say that there is room, nothing that counts them says what is wrong.</summary>
    private static string MakesNone(DiskState disk, SpaceState space) =>
        $"no file can be made there ({space.MakesNone})" + (disk is { Type: "xfs", UsedPercent: < 99, InodesFree: > 100 }
            ? $", although {Size(disk.Available)} are free: XFS has no piece of free space that is large enough for inodes, as "
                + $"'xfs_db -r -c freesp {disk.Device}' shows; many files that are deleted side by side, or a larger volume, give it one"
            : "");

    private static IEnumerable<string> Reasons(DiskState disk, SpaceState space)
    {
        if (Reason(disk, space) is { Length: > 0 } reason)
            yield return reason;
        if (space.Makes == "false" && !disk.IsReadOnly)
            yield return MakesNone(disk, space);
        foreach (var watcher in space.Watchers)
            yield return watcher.Describe();
        foreach (var kind in space.Unknown)
            yield return $"whether {(kind == "log" ? "rotated logs" : "temporary files")} may go is not known: there was no time to look";
    }

    private static string Larger(GrowState grow, ManagedHost host, string mountPoint) =>
        grow.Doubt(host, mountPoint)
        ?? $"it has {Size(grow.Size)} of disk {grow.Disk} ({Size(grow.DiskBytes)}), and {Size(grow.Room)} more would be won on that";

    private static void Images(StringBuilder text, ImagesState images, ManagedHost host)
    {
        if (images.Doubt(host) is { } doubt)
        {
            text.Append(doubt).Append('\n');
            return;
        }

        Line(text, images.ImageBytes, $"in {images.Images.Count} container images that nothing on the machine uses");
        Line(text, images.ContainerBytes, "in dead containers");
        foreach (var (name, why) in images.Left)
            text.Append(CultureInfo.InvariantCulture, $"left: {name} {why}\n");
    }

    private static string Holder(StillOpen open) =>
        $"process {open.Process} ({open.Pid}){(open.Unit.Length > 0 ? $" of {open.Unit}" : "")}";

    private static void Line(StringBuilder text, long bytes, string what) => text.Append(Size(bytes)).Append(' ').Append(what).Append('\n');

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
