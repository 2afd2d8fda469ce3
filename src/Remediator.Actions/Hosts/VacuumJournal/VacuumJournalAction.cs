using System.Globalization;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.VacuumJournal;

/// <summary>
/// Deletes the oldest archived files of the journal, by journald itself, down to what the policy keeps; never one that is written to. A
/// rotation would archive those too, and by journald's order the newest of the system may be the oldest file.
/// </summary>
internal sealed class VacuumJournalAction(Machines machines) : IChangeAction
{
    private static readonly HostScript Script = new("vacuum-journal.sh", HostTrouble.Disk);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.vacuum-journal",
        Class = ActionClass.Mild,
        Input = typeof(VacuumJournalInput),
        Summary = "Deletes the oldest archived files of a host's journal, down to what the policy keeps there; frees space where the "
            + "journal is.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(2),
        Permissions =
        [
            new HostPermission($"/usr/bin/journalctl --quiet --vacuum-size={HostPermission.KeptJournal}"),
            .. SystemsManagerPermissions.All,
        ],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var disk = await LookAsync(request, cancellationToken);
        if (disk.IsJournalHidden)
            return PlanResult.Refused(
                $"User {host.User} may not read the journal of host {host.Name}; add it to the group systemd-journal.");
        if (disk.IsReadOnly)
            return PlanResult.Refused($"{mountPoint} on host {host.Name} is read-only.");
        if (disk.Journal.Count > 0 && disk.IsJournalElsewhereToo)
            return PlanResult.Refused(
                $"The journal of host {host.Name} is on more than one file system, and journald would vacuum all of it.");
        if (disk.Journal.Count == 0)
            return PlanResult.Refused($"No file of the journal of host {host.Name} is on {mountPoint}.");
        if (disk.Journal.Max(f => f.Bytes) is var largest && largest > host.KeepsJournal)
            return PlanResult.Refused(
                $"The journal of host {host.Name} has a file of {Size(largest)}, and files are deleted whole: down to "
                    + $"{Size(host.KeepsJournal)} the newest could go too. Set keep_journal of the host in the policy to more than that.");
        var vacuum = JournalVacuum.Of(disk.Journal, host.KeepsJournal);
        if (vacuum.Bytes == 0)
            return PlanResult.Refused(
                $"The archived journal of host {host.Name} has {Size(Archived(disk))}, and is vacuumed down to "
                    + $"{Size(host.KeepsJournal)}: nothing is won.");

        return PlanResult.Planned(new()
        {
            Summary = $"vacuum the journal of host {host.Name} down to {Size(host.KeepsJournal)}",
            Changes = [new(
                $"host {host.Name}", "size of the archived journal", Size(Archived(disk)), $"at most {Size(host.KeepsJournal)}")],
            Preconditions = disk.Identity,
            Parameters = new Dictionary<string, string> { ["keep"] = host.KeepsJournal.ToString(CultureInfo.InvariantCulture) },
            Gains = [new($"bytes on {mountPoint}", vacuum.Bytes)],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (plan.Parameters["keep"] != host.KeepsJournal.ToString(CultureInfo.InvariantCulture))
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"What is kept of the journal of host {host.Name} was changed after this was planned; nothing was done.");
        var answer = await machines.RunAsync(
            request, Script, cancellationToken, Machines.MarkOf(request), plan.Preconditions["boot_id"], plan.Preconditions["machine_id"],
            plan.Parameters["keep"], mountPoint);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        if (answer.Has("large"))
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"The journal of host {host.Name} has a file that is larger than the {Size(host.KeepsJournal)} that stay; it was left "
                    + "alone.");
        var (before, after) = (Free(answer, "before"), Free(answer, "after"));
        return new($"The journal of host {host.Name} is vacuumed{answer.Over}.")
        {
            Gains = [new($"bytes on {mountPoint}", after - before)],
        };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        machines.IdentifyAsync(request, HostTrouble.Disk, cancellationToken);

    /// <summary>By what is there: a journal of that size needs no vacuum, whoever has made it so.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var disk = await LookAsync(request, cancellationToken);
        var (archived, keep) = (Archived(disk), long.Parse(plan.Parameters["keep"], CultureInfo.InvariantCulture));
        return disk.IsJournalHidden || disk.Journal.Count == 0
            ? new(ProbeAnswer.Unknown, "The journal cannot be seen.")
            : archived <= keep
            ? new(ProbeAnswer.Happened, $"The archived journal has {Size(archived)}, and {Size(keep)} stay.")
            : new(ProbeAnswer.DidNotHappen, $"The archived journal has {Size(archived)}, which is more than the {Size(keep)} that stay.");
    }

    private static long Archived(DiskState disk) => disk.Journal.Where(f => f.IsArchived).Sum(f => f.Bytes);

    private async Task<DiskState> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var mountPoint = Machines.MountPoint(request.Resource);
        var answer = await machines.RunAsync(request, DiskState.Script, cancellationToken, DiskState.Arguments(mountPoint));
        return DiskState.Read(answer, machines.Of(request.Resource).Name, mountPoint);
    }

    private static long Free(HostAnswer answer, string when) =>
        answer.Of(when).FirstOrDefault() is [var block, var blocks] ? HostAnswer.Bytes(blocks, HostAnswer.Count(block)) : 0;

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
