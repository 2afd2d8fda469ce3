using System.Globalization;
using Amazon.EC2;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws.GrowVolume;

/// <summary>
/// Makes the EBS volume larger that a file system of a host is on. What is asked for is a size, not so much more: asked for twice it is as
/// large as asked for once, so that nothing has to be reserved. It is done when the machine sees the new size; the file system is made
/// larger by another step.
/// </summary>
internal sealed class GrowVolumeAction(Machines machines, AwsApi aws) : IWatchedAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(30);

    /// <summary>Not accepted now. How many changes a day EC2 takes, it says differently in different places.</summary>
    private static readonly string[] Later = ["VolumeModificationRateExceeded", "IncorrectModificationState"];

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.grow-volume",
        Class = ActionClass.Strong,
        Input = typeof(GrowVolumeInput),
        Summary = "Makes the EBS volume larger that a file system of a host is on, once in 30 days and not more than the policy allows; "
            + "it cannot be taken back. The file system is then made larger by host.grow-filesystem.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = GrowVolumePermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var (disk, id, identity) = await LookAsync(request, cancellationToken);
        if (disk.Doubt(host, mountPoint) is { } doubt)
            return PlanResult.Refused(doubt);
        if (aws.NotConfigured is { } missing)
            return PlanResult.Refused($"The volume of {mountPoint} on host {host.Name} is not made larger: {missing}.");
        if (NoVolume(host, mountPoint, disk) is { } unknown)
            return PlanResult.Refused(unknown);
        if (disk.Room > 0)
            return PlanResult.Refused(
                $"{mountPoint} on host {host.Name} does not have all of its disk yet: it is made larger first (host.grow-filesystem).");
        var seen = await VolumeSight.ReadAsync(aws, id, request.NotAfter, cancellationToken);
        var growth = Growth(request, host, mountPoint, disk, id, seen);
        if (growth.Doubt is { } why)
            return PlanResult.Refused($"The volume of {mountPoint} on host {host.Name} is not made larger: {why}.");

        return PlanResult.Planned(new()
        {
            Summary = $"make volume {id} ({mountPoint} of host {host.Name}) larger, from {seen.GiB} to {growth.GiB} GiB, for good",
            Changes = [new($"volume {id}", "size", $"{seen.GiB} GiB", $"{growth.GiB} GiB")],
            Preconditions = new Dictionary<string, string>
            {
                ["machine_id"] = identity["machine_id"], ["volume_id"] = id,
            },
            Parameters = new Dictionary<string, string> { ["from"] = Text(seen.GiB), ["to"] = Text(growth.GiB) },
            Gains = [new($"bytes of volume {id}", (long)(growth.GiB - seen.GiB) << 30)],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var (id, from, to) = (plan.Preconditions["volume_id"], Number(plan, "from"), Number(plan, "to"));
        var seen = await VolumeSight.ReadAsync(aws, id, request.NotAfter, cancellationToken);
        if (seen.IsAskedFor(to))
            return new($"AWS was asked before to make volume {id} {to} GiB; it is only looked at.") { Began = Began(to) };
        if (seen.GiB != from)
            throw new ActionFailedException(
                FailureKind.Permanent, $"Volume {id} has {seen.GiB} GiB, and had {from} when this was planned; nothing was done.");
        var (disk, live, _) = await LookAsync(request, cancellationToken);
        var why = live != id ? $"{mountPoint} is on volume {(live.Length > 0 ? live : "unknown")} now"
            : Growth(request, host, mountPoint, disk, id, seen) is { Doubt: { } doubt } ? doubt
            : host.Grow(mountPoint) is { } may && (long)to << 30 > may.UpTo ? "the policy allows less now"
            : null;
        if (why is not null)
            throw new ActionFailedException(
                FailureKind.Permanent, $"The volume of {mountPoint} on host {host.Name} is not made larger: {why}; nothing was done.");
        return await AskAsync(request, id, to, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (_, id, identity) = await LookAsync(request, cancellationToken);
        return new Dictionary<string, string> { ["machine_id"] = identity["machine_id"], ["volume_id"] = id };
    }

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (id, to) = (plan.Preconditions["volume_id"], Number(plan, "to"));
        var seen = await VolumeSight.ReadAsync(aws, id, request.NotAfter, cancellationToken);
        return seen.IsAskedFor(to)
            ? new(ProbeAnswer.Happened, $"EC2 makes volume {id} {to} GiB, or has done so ({seen.State}).") { Began = Began(to) }
            : new(ProbeAnswer.DidNotHappen, $"Volume {id} has {seen.GiB} GiB, and EC2 shows no change of it to {to}.");
    }

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var (id, from, to) = (plan.Preconditions["volume_id"], Number(plan, "from"), Number(plan, "to"));
        var seen = await VolumeSight.ReadAsync(aws, id, request.NotAfter, cancellationToken);
        if (seen.Volume is null)
            return new(ActState.Failed, $"EC2 knows no volume {id} any more");
        if (!seen.Has(to))
            return seen is { State: "failed", Change: { } change } && change.TargetSize >= to
                ? new(ActState.Failed, $"EC2 could not make volume {id} larger: {HostAnswer.Short(change.StatusMessage ?? "")}")
                : new(ActState.InProgress, seen.IsAskedFor(to) ? $"EC2 makes volume {id} {to} GiB" : $"volume {id} has {seen.GiB} GiB");
        var (disk, _, _) = await LookAsync(request, cancellationToken);
        return disk.DiskBytes < (long)to << 30
            ? new(ActState.InProgress, $"EC2 has made volume {id} {to} GiB, and the host does not see it yet")
            : new(ActState.Done, $"volume {id} has {to} GiB, and the host sees it ({disk.Disk})")
            {
                Changes = plan.Changes,
                Gains = [new($"bytes of volume {id}", disk.DiskBytes - ((long)from << 30))],
            };
    }

    private async Task<ActionOutcome> AskAsync(ActionRequest request, string id, int to, CancellationToken cancellationToken)
    {
        try
        {
            var asked = await aws.ActAsync(
                $"make volume {id} {to} GiB", request.NotAfter,
                (c, ct) => c.Ec2Acts.ModifyVolumeAsync(new() { VolumeId = id, Size = to }, ct), cancellationToken);
            return new($"AWS was asked to make volume {id} {to} GiB (request {asked.ResponseMetadata?.RequestId ?? "without an id"}).")
                { Began = Began(to) };
        }
        catch (ActionFailedException e) when (e.InnerException is AmazonEC2Exception { ErrorCode: { } code } && Later.Contains(code))
        {
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"{e.Message} EC2 takes no further change of the volume now, and may take one hours later; nothing was done.", e);
        }
    }

    private async Task<(GrowState Disk, string Volume, IReadOnlyDictionary<string, string> Identity)> LookAsync(
        ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(
            request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint, host, DiskState.Grow));
        var (disk, state) = (GrowState.Read(answer), DiskState.Read(answer, host.Name, mountPoint));
        return (disk, disk.Volume.Length > 0 ? disk.Volume : host.Grow(mountPoint)?.Volume ?? "", state.Identity);
    }

    private VolumeGrowth Growth(
        ActionRequest request, ManagedHost host, string mountPoint, GrowState disk, string id, VolumeSight seen) => VolumeGrowth.Of(
        seen, disk, host.Grow(mountPoint) ?? new(mountPoint, 0), id, ((GrowVolumeInput)request.Input).By.Value, aws.Time.GetUtcNow());

    private static string? NoVolume(ManagedHost host, string mountPoint, GrowState disk) =>
        host.Grow(mountPoint)?.Volume is { Length: > 0 } said && disk.Volume.Length > 0 && said != disk.Volume
            ? $"The policy says that {mountPoint} of host {host.Name} is on volume {said}, and its disk that it is {disk.Volume}."
            : disk.Volume.Length == 0 && host.Grow(mountPoint)?.Volume is not { Length: > 0 }
            ? $"Nothing says which EBS volume {mountPoint} of host {host.Name} is on: its disk {disk.Disk} does not, and 'grow' of the "
                + "host has no 'volume'."
            : null;

    private static Began Began(int to) => new(Text(to), LookAgain, Within);

    private static int Number(ActionPlan plan, string name) => int.Parse(plan.Parameters[name], CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
