using System.Globalization;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Disk;

/// <summary>Looks at the file system that the resource is, or at the root of a machine.</summary>
internal sealed class DiskLook(Machines machines) : ILook
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.disk",
        Class = ActionClass.Read,
        Input = typeof(DiskInput),
        Summary = "Looks at a file system of a host: bytes, inodes, mount options, the journal on it, and files that are "
            + "deleted and still open; how fast it fills; what of it may be deleted by the policy; how much is in container images that "
            + "nothing uses; and whether it can become larger.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = [SpaceHelper.Permission, GrowHelper.Look, ImagesHelper.Permission, .. SystemsManagerPermissions.All],
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["filesystem"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var (disk, space, grow, images) = await AskAsync(request, host, mountPoint, cancellationToken);
        // a machine that had no time for this had it for nothing else either, and is asked once more
        if (space.Unknown.Count > 0)
            (disk, space, grow, images) = await AskAsync(request, host, mountPoint, cancellationToken);
        var growth = DiskGrowth.Between(
            request.Facts.Named("filesystem").FirstOrDefault(f => f["host"] == host.Name && f["mountpoint"] == mountPoint), disk);
        return [new("filesystem", Labels(disk, space, grow, images, host, mountPoint, growth), DateTimeOffset.UnixEpoch)];
    }

    private async Task<(DiskState Disk, SpaceState Space, GrowState Grow, ImagesState Images)> AskAsync(
        ActionRequest request, ManagedHost host, string mountPoint, CancellationToken cancellationToken)
    {
        var answer = await machines.RunAsync(
            request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host, all: true));
        var space = SpaceState.Read(answer, host);
        space.ThrowIfBusy(host);
        return (DiskState.Read(answer, host.Name, mountPoint), space, GrowState.Read(answer), ImagesState.Read(answer));
    }

    internal static Dictionary<string, string> Labels(
        DiskState disk, SpaceState space, GrowState grow, ImagesState images, ManagedHost host, string mountPoint, DiskGrowth? growth)
    {
        var may = host.Grow(mountPoint);
        var holder = space.WorstHolder();
        var vacuum = JournalVacuum.Of(disk.Journal, host.KeepsJournal);
        return new()
        {
            ["host"] = host.Name,
            ["mountpoint"] = mountPoint,
            ["device"] = disk.Device,
            ["fstype"] = disk.Type,
            ["size_bytes"] = Text(disk.Size),
            ["available_bytes"] = Text(disk.Available),
            ["used_percent"] = Text(disk.UsedPercent),
            ["inodes"] = Text(disk.Inodes),
            ["inodes_free"] = Text(disk.InodesFree),
            ["inodes_used_percent"] = Text(disk.InodesUsedPercent),
            ["read_only"] = disk.IsReadOnly ? "true" : "false",
            ["journal_bytes"] = disk.IsJournalHidden ? "" : Text(disk.Journal.Sum(f => f.Bytes)),
            ["journal_to_vacuum_bytes"] = disk.IsJournalHidden ? "" : Text(vacuum.Bytes),
            ["deleted_open_bytes"] = Text(space.Open.Count > 0 ? space.Open.Sum(o => o.Bytes) : disk.Deleted.Sum(f => f.Bytes)),
            ["space_helper"] = space.Helper,
            ["rotated_log_bytes"] = Sum(space, "log"),
            ["old_temp_bytes"] = OldTemp(space) is { } temp ? Text(temp.Bytes) : "",
            ["old_temp_files"] = OldTemp(space) is { } old ? Text(old.Files) : "",
            ["makes_files"] = space.Makes,
            ["unseen"] = string.Join(' ', space.Unknown),
            ["deleted_log_bytes"] = Sum(space, "open"),
            ["deleted_open_unit"] = HostAnswer.Short(holder?.Unit ?? ""),
            ["deleted_open_unit_bytes"] = holder is { } of ? Text(of.Bytes) : "",
            ["deleted_open_unit_listed"] = holder is { } h && host.Units.Contains(h.Unit) ? "true" : "false",
            ["growth_bytes_per_minute"] = growth is { } grows ? Text(grows.PerMinute) : "",
            ["full_in_minutes"] = growth is { PerMinute: > 0 } fills ? Text(disk.Available / fills.PerMinute) : "",
            ["boot_id"] = disk.Identity["boot_id"],
            ["uptime_seconds"] = Text(disk.Uptime),
            ["grow"] = may is null ? "never" : "allowed",
            ["grow_helper"] = grow.Helper,
            ["grow_why_not"] = grow.Refusal,
            ["grow_up_to_bytes"] = may is null ? "" : Text(may.UpTo),
            ["room_to_grow_bytes"] = grow.Disk.Length > 0 ? Text(grow.Room) : "",
            ["room_to_grow_inodes"] = grow.Disk.Length > 0 ? Text(grow.Room > 0 ? grow.Inodes : 0) : "",
            ["disk"] = grow.Disk,
            ["disk_bytes"] = grow.Disk.Length > 0 ? Text(grow.DiskBytes) : "",
            ["volume_id"] = grow.Disk.Length == 0 ? "" : grow.Volume.Length > 0 ? grow.Volume : may?.Volume ?? "",
            ["images_helper"] = images.Helper,
            ["leftover_image_bytes"] = images.Doubt(host) is null ? Text(images.ImageBytes + images.ContainerBytes) : "",
            ["reached_by"] = disk.Reached,
        };
    }

    private static AllOf? OldTemp(SpaceState space) =>
        space.IsUnknown("temp") ? null : space.All.FirstOrDefault(a => a.Kind == "temp");

    private static string Sum(SpaceState space, string kind) =>
        space.Helper == "ok" && !space.IsUnknown(kind) ? Text(space.May.Where(m => m.Kind == kind).Sum(m => m.Bytes)) : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double percent) => Math.Round(percent, 1).ToString(CultureInfo.InvariantCulture);
}
