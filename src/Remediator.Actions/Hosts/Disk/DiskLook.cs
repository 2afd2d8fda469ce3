using System.Globalization;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

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
            + "deleted and still open.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(20),
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["filesystem"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint));
        var disk = DiskState.Read(answer, host.Name, mountPoint);
        var vacuum = JournalVacuum.Of(disk.Journal, host.KeepsJournal);
        var labels = new Dictionary<string, string>
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
            ["deleted_open_bytes"] = Text(disk.Deleted.Sum(f => f.Bytes)),
        };
        return [new("filesystem", labels, DateTimeOffset.UnixEpoch)];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double percent) => Math.Round(percent, 1).ToString(CultureInfo.InvariantCulture);
}
