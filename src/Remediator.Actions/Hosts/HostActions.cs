using Remediator.Actions.Hosts.DeleteImages;
using Remediator.Actions.Hosts.DescribeDescriptors;
using Remediator.Actions.Hosts.DescribeDisk;
using Remediator.Actions.Hosts.DescribeEmptyDirs;
using Remediator.Actions.Hosts.DescribeMachine;
using Remediator.Actions.Hosts.DescribePodDescriptors;
using Remediator.Actions.Hosts.DescribeUnit;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.DescriptorsFree;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Hosts.EvictFillingPod;
using Remediator.Actions.Hosts.FreeSpace;
using Remediator.Actions.Hosts.GrowFileSystem;
using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Actions.Hosts.PodDescriptorsFree;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Reboot;
using Remediator.Actions.Hosts.RestartUnit;
using Remediator.Actions.Hosts.Service;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Hosts.UnitRuns;
using Remediator.Actions.Hosts.VacuumJournal;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts;

/// <summary>All that this engine can do on the machines that the policy lists.</summary>
internal static class HostActions
{
    public static IReadOnlyList<IAction> All(ActionPorts ports)
    {
        var machines = Machines(ports);
        var api = new ClusterApi(ports.Cluster, ports.Time);
        var workloads = new WorkloadReader(api);
        return
        [
            new DiskLook(machines),
            new DescribeDiskAction(machines),
            new VacuumJournalAction(machines),
            .. SpaceWay.All.Select(w => new FreeSpaceAction(machines, w)),
            new DeleteImagesAction(machines, api),
            new EmptyDirsLook(machines, api, workloads),
            new DescribeEmptyDirsAction(machines, api, workloads),
            new EvictFillingPodAction(machines, api, workloads),
            new GrowFileSystemAction(machines),
            new SpaceFreeAction(machines),
            new DescriptorsLook(machines),
            new DescribeDescriptorsAction(machines),
            new DescriptorsFreeAction(machines),
            new PodDescriptorsLook(machines, workloads),
            new DescribePodDescriptorsAction(machines, workloads),
            new PodDescriptorsFreeAction(machines, api, workloads),
            new ServiceLook(machines),
            new DescribeUnitAction(machines),
            new RestartUnitAction(machines),
            new UnitRunsAction(machines),
            new DescribeMachineAction(machines, ports.Time),
            new RebootAction(machines),
        ];
    }

    /// <summary>The machines of the policy, by all ways that there are to them.</summary>
    public static Machines Machines(ActionPorts ports)
    {
        IReadOnlyList<ManagedHost> Hosts() => ports.Policy().Hosts;
        return new(new HostShell(
            Hosts, new SshWay(Hosts, ports.Secrets, ports.Time), new AgentWay(ports.Cluster, ports.Time),
            new SystemsManagerWay(new(ports.Aws, ports.Time))));
    }
}
