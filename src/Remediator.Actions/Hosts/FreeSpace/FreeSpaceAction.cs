using System.Globalization;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.FreeSpace;

/// <summary>
/// Frees space from files that the policy names, by the program that root owns on the host. What was planned are files, each with device,
/// inode, size and times: one that is not the same any more is left, and so twice is as good as once.
/// </summary>
internal sealed class FreeSpaceAction(Machines machines, SpaceWay way) : IChangeAction
{
    private const int Shown = 20;
    private static readonly HostScript Script = new("free-space.sh", HostTrouble.Disk);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = way.Action,
        Class = ActionClass.Strong,
        Input = typeof(FreeSpaceInput),
        Summary = way.Summary,
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(3),
        Permissions = [SpaceHelper.Permission, .. SystemsManagerPermissions.All],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host));
        var (disk, space) = (DiskState.Read(answer, host.Name, mountPoint), SpaceState.Read(answer, host));
        space.ThrowIfBusy(host);
        if (space.Doubt(host) is { } doubt)
            return PlanResult.Refused(doubt);
        if (disk.IsReadOnly)
            return PlanResult.Refused($"{mountPoint} on host {host.Name} is read-only.");
        if (way.Kind != "open" && space.DoubtOfClock(host, request.NotAfter) is { } ahead)
            return PlanResult.Refused(ahead);
        var files = space.May.Where(m => m.Kind == way.Kind).ToList();
        if (space.IsUnknown(way.Kind))
            throw new ActionFailedException(
                FailureKind.Transient,
                $"Whether host {host.Name} has {way.What} on {mountPoint} is not known: there was no time to look at all that is there.");
        if (files.Count == 0)
            return PlanResult.Refused(
                $"Host {host.Name} has no {way.What} on {mountPoint} that may go"
                    + $"{(space.TooNew.GetValueOrDefault(way.Kind) is > 0 and var count ? $", but {count} that are too new" : "")}"
                    + $"{Reasons(space.Left.Select(l => $"{l.Path} {l.Why}"))}.");

        // all, where there are more than can be named: the program takes none of them that was changed since it looked
        var all = space.All.FirstOrDefault(a => a.Kind == way.Kind && way.Kind == "temp" && a.Files > files.Count);
        var (number, bytes) = all is null ? (files.Count, files.Sum(f => f.Bytes)) : (all.Files, all.Bytes);
        var gain = Math.Max(0, bytes - space.Reserve);
        return PlanResult.Planned(new()
        {
            Summary = $"{way.Do} {number} {way.What} on {mountPoint} of host {host.Name}, {Size(bytes)}"
                + (space.Reserve > 0 ? $", of which {mountPoint} first takes {Size(space.Reserve)} for its own reserve" : ""),
            Changes = [.. Changes($"host {host.Name}", files, number, bytes)],
            Preconditions = disk.Identity,
            Parameters = new Dictionary<string, string>
            {
                ["files"] = all is null ? string.Join('\n', files.Select(f => f.Plan)) : $"old:{all.At}",
                ["list"] = SpaceHelper.ListDigestOf(host),
                ["program"] = SpaceHelper.Digest,
            },
            Gains = all is null
                ? [new($"bytes on {mountPoint}", gain)]
                : [new($"bytes on {mountPoint}", gain), new($"inodes on {mountPoint}", number)],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        Unchanged(host, plan);
        var answer = await RunAsync(request, plan, "free", cancellationToken);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        var space = SpaceState.Read(answer, host);
        space.ThrowIfBusy(host);
        if (space.Helper is "failed" && space.Why.Length == 0)
            throw new ActionFailedException(FailureKind.Unknown, space.Doubt(host)!);
        if (space.Doubt(host) is { } doubt)
            throw new ActionFailedException(FailureKind.Permanent, $"{doubt} Nothing was done.");

        var gone = answer.Of("gone").Where(f => f.Count == 2).Select(f => HostAnswer.Number(f[0])).ToList();
        var (before, after) = (Free(answer, "before"), Free(answer, "after"));
        var left = space.Left.Select(l => $"{l.Path} {l.Why}").ToList();
        return new(
            $"{gone.Count} {way.What} on {mountPoint} of host {host.Name} are {way.Done}, {Size(gone.Sum())} by themselves"
                + $"{(left.Count > 0 ? $"; {left.Count} were left{Reasons(left)}" : "")}"
                + $"{Missing(gone.Sum(), after.Bytes - before.Bytes)}{answer.Over}.")
        {
            Gains = [.. plan.Gains.Select(g => g with
            {
                Amount = g.Of.StartsWith("inodes", StringComparison.Ordinal) ? after.Inodes - before.Inodes : after.Bytes - before.Bytes,
            })],
        };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        machines.IdentifyAsync(request, HostTrouble.Disk, cancellationToken);

    /// <summary>By what is there. Where some are left it goes on with those: each is compared again.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        var answer = await RunAsync(request, plan, "probe", cancellationToken);
        if (answer.Has("other"))
            return new(ProbeAnswer.Unknown, $"Host {host.Name} was started again meanwhile, or is another one.");
        var space = SpaceState.Read(answer, host);
        space.ThrowIfBusy(host);
        if (space.Doubt(host) is not null || !answer.Has("there"))
            return new(ProbeAnswer.Unknown, "It cannot be seen which files are left.");
        var there = HostAnswer.Number(answer.One("there"));
        if (there == 0 && space.Cut.Count > 0)
            throw new ActionFailedException(
                FailureKind.Transient, $"Whether files are left on host {host.Name} is not known: there was no time to look at all.");
        return there == 0
            ? new(ProbeAnswer.Happened, "None of the files is there any more as it was planned.")
            : new(ProbeAnswer.DidNotHappen, $"{there} of the files are still there.");
    }

    private IEnumerable<Change> Changes(string host, IReadOnlyList<MayGo> files, long count, long bytes)
    {
        foreach (var file in files.Take(Shown))
            yield return new(host, EvidenceText.OneLine(file.Path, 200), Size(file.Bytes), way.Done);
        if (count > Shown)
            yield return new(host, $"{count - Shown} more {way.What}", Size(bytes - files.Take(Shown).Sum(f => f.Bytes)), way.Done);
    }

    private static void Unchanged(ManagedHost host, ActionPlan plan)
    {
        if (plan.Parameters["list"] != SpaceHelper.ListDigestOf(host))
            throw new ActionFailedException(
                FailureKind.Permanent, $"What may be deleted on host {host.Name} was changed after this was planned; nothing was done.");
        if (plan.Parameters["program"] != SpaceHelper.Digest)
            throw new ActionFailedException(
                FailureKind.Permanent, $"This was planned by another version of {SpaceHelper.Path}; nothing was done.");
    }

    private Task<HostAnswer> RunAsync(ActionRequest request, ActionPlan plan, string verb, CancellationToken cancellationToken) =>
        machines.RunAsync(
            request, Script, cancellationToken,
            [
                Machines.MarkOf(request), plan.Preconditions["boot_id"], plan.Preconditions["machine_id"], SpaceHelper.Digest, verb,
                Machines.MountPoint(request.Resource), .. plan.Parameters["files"].Split('\n')]);

    private static string Missing(long gone, long shown) => Math.Abs(shown - gone) <= gone / 10
        ? ""
        : shown < gone
            ? $"; the file system shows {Size(gone - shown)} less than that, since others write to it or it refills its own reserve, as "
                + "XFS does"
            : $"; the file system shows {Size(shown - gone)} more than that, since others delete too or the files had blocks in common";

    private static string Reasons(IEnumerable<string> reasons) => reasons.Take(5).ToList() is { Count: > 0 } some
        ? $" ({EvidenceText.OneLine(string.Join("; ", some), 600)})"
        : "";

    /// <summary>Inodes as those in use, below zero: XFS makes more wherever there is room, so those that are free say little.</summary>
    private static (long Bytes, long Inodes) Free(HostAnswer answer, string when) =>
        answer.Of(when).FirstOrDefault() is [var bytes, var inodes, var all]
            ? (HostAnswer.Number(bytes), HostAnswer.Number(inodes) - HostAnswer.Number(all))
            : (0, 0);

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
