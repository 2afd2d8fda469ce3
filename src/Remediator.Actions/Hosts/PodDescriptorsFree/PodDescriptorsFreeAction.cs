using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.PodDescriptorsFree;

/// <summary>The workload is as <c>kubernetes.workload-ready</c> wants it, and each of its pods has room.</summary>
internal sealed class PodDescriptorsFreeAction(Machines machines, ClusterApi api, WorkloadReader workloads) : IVerifyAction
{
    private readonly PodDescriptorReader _reader = new(machines, workloads);
    private readonly WorkloadReadyAction _ready = new(api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.pod-descriptors-free",
        Class = ActionClass.Read,
        Input = typeof(PodDescriptorsFreeInput),
        Summary = "All replicas are updated and ready, and each of their pods uses less than the given share of its limits of open files.",
        Kinds = PodDescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = [.. WorkloadReadyPermissions.All, .. PodDescriptorReader.Permissions],
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var input = (PodDescriptorsFreeInput)request.Input;
        var ready = await _ready.CheckAsync(request, cancellationToken);
        if (!ready.Good)
            return ready;

        var pods = await _reader.ReadAsync(request, input.Container, cancellationToken);
        var worst = pods.OrderByDescending(p => p.State?.UsedPercent ?? double.MaxValue).FirstOrDefault();
        return worst is null ? new(false, $"{request.Resource.Display} has no pod that runs")
            : ready with
            {
                Good = worst.State?.UsedPercent < input.UsedBelow,
                Observed = $"{ready.Observed}; {worst.Describe()}",
            };
    }
}
