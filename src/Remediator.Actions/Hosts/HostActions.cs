using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Actions.Hosts.VacuumJournal;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts;

/// <summary>All that this engine can do on the machines that the policy lists.</summary>
internal static class HostActions
{
    public static IReadOnlyList<IAction> All(ActionPorts ports)
    {
        var machines = new Machines(new HostShell(ports.Hosts, ports.Secrets, ports.Time));
        return
        [
            new DiskLook(machines),
            new VacuumJournalAction(machines),
            new SpaceFreeAction(machines),
        ];
    }
}
