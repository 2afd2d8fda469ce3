using System.Globalization;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.SpaceFree;

/// <summary>By what the file system itself says; and it has to be so for the whole stable time.</summary>
internal sealed class SpaceFreeAction(Machines machines) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.space-free",
        Class = ActionClass.Read,
        Input = typeof(SpaceFreeInput),
        Summary = "The file system can be written to, files can be made there, and less of its bytes and inodes is used than the given "
            + "shares.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(20),
        Permissions = [SpaceHelper.Permission, .. SystemsManagerPermissions.All],
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (input, mountPoint) = ((SpaceFreeInput)request.Input, Machines.MountPoint(request.Resource));
        var host = machines.Of(request.Resource);
        var answer = await machines.RunAsync(
            request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host, "makes"));
        var (disk, space) = (DiskState.Read(answer, host.Name, mountPoint), SpaceState.Read(answer, host));
        var good = !disk.IsReadOnly && space.Makes != "false"
            && disk.UsedPercent < input.UsedBelow && disk.InodesUsedPercent < input.InodesUsedBelow;
        return new(
            good,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{mountPoint} on host {host.Name}: {disk.UsedPercent:0.#}% of bytes and {disk.InodesUsedPercent:0.#}% of inodes used"
                    + $"{(disk.IsReadOnly ? ", read-only" : "")}"
                    + $"{(space.Makes == "false" ? $"; no file can be made ({space.MakesNone})" : "")}"));
    }
}
