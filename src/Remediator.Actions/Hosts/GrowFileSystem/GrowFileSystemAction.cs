using System.Globalization;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.GrowFileSystem;

/// <summary>
/// Makes a file system as large as the disk that it is on, with the partition and the logical volume between them. Each part is made as
/// large as what is below it, so twice is as good as once, and an act that was cut off goes on with what is left.
/// </summary>
internal sealed class GrowFileSystemAction(Machines machines) : IChangeAction
{
    private static readonly HostScript Script = new("grow-filesystem.sh", HostTrouble.Disk);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.grow-filesystem",
        Class = ActionClass.Strong,
        Input = typeof(GrowFileSystemInput),
        Summary = "Makes a file system of a host (ext2 to ext4, XFS) as large as the disk that it is on, while it is in use: the last "
            + "partition, a physical volume that is the only one of its group, the logical volume, and the file system; not more than the "
            + "policy allows.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(3),
        Permissions = [GrowHelper.Look, GrowHelper.Grow],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var (grow, disk) = await LookAsync(request, cancellationToken);
        if (grow.Doubt(host, mountPoint) is { } doubt)
            return PlanResult.Refused(doubt);
        if (grow.Room == 0)
            return PlanResult.Refused(
                $"{mountPoint} on host {host.Name} has all of {grow.Disk} already ({Size(grow.Size)} of {Size(grow.DiskBytes)}): the disk "
                    + "has to become larger first.");
        if (TooLarge(host, mountPoint, grow) is { } ceiling)
            return PlanResult.Refused(ceiling);

        return PlanResult.Planned(new()
        {
            Summary = $"make {mountPoint} of host {host.Name} larger, from {Size(grow.Size)} to {Size(grow.Target)}",
            Changes = [.. grow.Steps.Select(s => new Change($"host {host.Name}", s.What, Size(s.Before), Size(s.After)))],
            Preconditions = disk.Identity,
            Parameters = new Dictionary<string, string> { ["program"] = GrowHelper.Digest },
            Gains = [.. Gains(mountPoint, grow.Room, grow.Inodes)],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (plan.Parameters["program"] != GrowHelper.Digest)
            throw new ActionFailedException(
                FailureKind.Permanent, $"This was planned by another version of {GrowHelper.Path}; nothing was done.");
        // the disk may have become larger still since this was planned, and the policy another one
        var (grow, _) = await LookAsync(request, cancellationToken);
        if ((grow.Doubt(host, mountPoint) ?? TooLarge(host, mountPoint, grow)) is { } doubt)
            throw new ActionFailedException(FailureKind.Permanent, $"{doubt} Nothing was done.");

        var answer = await machines.RunAsync(
            request, Script, cancellationToken, Machines.MarkOf(request), plan.Preconditions["boot_id"], plan.Preconditions["machine_id"],
            GrowHelper.Digest, mountPoint);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        var did = GrowState.Read(answer);
        if (did.Failed.Length > 0)
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"{mountPoint} on host {host.Name} did not become larger ({did.Failed}){Before(did)}. All of it is in use as before.");
        if (did.Doubt(host, mountPoint) is { } why)
            throw new ActionFailedException(did.Helper == "failed" ? FailureKind.Unknown : FailureKind.Permanent, why);
        var (before, after) = (Free(answer, "before"), Free(answer, "after"));
        return new($"{mountPoint} on host {host.Name} is larger{Before(did)}.")
        {
            Gains = [.. Gains(mountPoint, after.Bytes - before.Bytes, after.Inodes - before.Inodes)],
        };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        machines.IdentifyAsync(request, HostTrouble.Disk, cancellationToken);

    /// <summary>By what is there: a file system that has all of its disk needs nothing, whoever has made it so.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var (grow, _) = await LookAsync(request, cancellationToken);
        return grow.Doubt(host, mountPoint) is { } doubt
            ? new(ProbeAnswer.Unknown, doubt)
            : grow.Room == 0
            ? new(ProbeAnswer.Happened, $"{mountPoint} has {Size(grow.Size)}, all that {grow.Disk} gives it.")
            : new(ProbeAnswer.DidNotHappen, $"{mountPoint} has {Size(grow.Size)}, and could have {Size(grow.Target)}.");
    }

    private async Task<(GrowState Grow, DiskState Disk)> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(
            request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host, DiskState.Grow));
        return (GrowState.Read(answer), DiskState.Read(answer, host.Name, mountPoint));
    }

    private static string? TooLarge(ManagedHost host, string mountPoint, GrowState grow) =>
        host.Grow(mountPoint) is { } may && grow.Target <= may.UpTo
            ? null
            : $"{mountPoint} on host {host.Name} would have {Size(grow.Target)}, and the policy allows "
                + $"{(host.Grow(mountPoint) is { } most ? Size(most.UpTo) : "none")}.";

    private static string Before(GrowState did) => did.Done.Count > 0 ? $" ({string.Join(", ", did.Done)})" : "";

    private static IEnumerable<Gain> Gains(string mountPoint, long bytes, long inodes) =>
        inodes == 0
            ? [new($"bytes on {mountPoint}", bytes)]
            : [new($"bytes on {mountPoint}", bytes), new($"inodes on {mountPoint}", inodes)];

    private static (long Bytes, long Inodes) Free(HostAnswer answer, string when) =>
        answer.Of(when).FirstOrDefault() is [var block, var blocks, var inodes]
            ? (HostAnswer.Bytes(blocks, HostAnswer.Count(block)), HostAnswer.Count(inodes))
            : default;

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
