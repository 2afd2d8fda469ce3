using Remediator.Actions.Aws.ConsoleOutput;
using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Aws.GrowVolume;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.OutOfService;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Aws.RebootInstance;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Actions.Aws.StopStartInstance;
using Remediator.Actions.Hosts;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws;

/// <summary>All that this engine can do in AWS.</summary>
internal static class AwsActions
{
    public static IReadOnlyList<IAction> All(ActionPorts ports) =>
        All(
            new ClusterApi(ports.Cluster, ports.Time), new AwsApi(ports.Aws, ports.Time), () => ports.Policy().Groups,
            HostActions.Machines(ports));

    public static IReadOnlyList<IAction> All(
        ClusterApi cluster, AwsApi aws, Func<IReadOnlyList<ManagedGroup>> groups, Machines machines)
    {
        var instances = new InstanceReader(cluster, aws, groups);
        return
        [
            new InstanceLook(instances),
            new ConsoleOutputAction(aws, instances),
            new EnterStandbyAction(cluster, aws, instances),
            new GrowVolumeAction(machines, aws),
            new OutOfServiceAction(cluster, instances),
            new RebootInstanceAction(cluster, aws, instances),
            new ReplaceInstanceAction(cluster, aws, instances),
            new StopStartInstanceAction(cluster, aws, instances),
        ];
    }
}
