using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Hosts.PodDescriptors;

/// <summary>Looks at every running pod of a workload. Whether one grows follows from the look before.</summary>
internal sealed class PodDescriptorsLook(Machines machines, WorkloadReader workloads) : ILook
{
    private readonly PodDescriptorReader _reader = new(machines, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.pod-descriptors",
        Class = ActionClass.Read,
        Input = typeof(PodDescriptorsInput),
        Summary = "Looks, on the machines that the pods of a workload run on, at the process of each pod that is nearest to its limit of "
            + "open files: what it has open, and whether that is a leak or load. Says why where a pod cannot be looked at.",
        Kinds = PodDescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = PodDescriptorReader.Permissions,
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["descriptors"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var pods = await _reader.ReadAsync(request, ((PodDescriptorsInput)request.Input).Container, cancellationToken);
        return [.. pods.Select(p => new Fact("descriptors", Labels(request, p), DateTimeOffset.UnixEpoch))];
    }

    private static Dictionary<string, string> Labels(ActionRequest request, PodSeen pod)
    {
        var uid = pod.Pod.Metadata.Uid;
        var labels = new Dictionary<string, string>();
        if (pod.State is { } seen)
        {
            var before = request.Facts.Named("descriptors").FirstOrDefault(f => f["uid"] == uid);
            labels = DescriptorText.Labels(seen, DescriptorGrowth.Between(before, seen), request.DurationScale, pod.Host);
        }

        labels["host"] = pod.Host;
        labels["namespace"] = request.Resource.Namespace;
        labels["workload"] = request.Resource.Name;
        labels["workload_kind"] = request.Resource.Kind;
        labels["pod"] = pod.Pod.Metadata.Name;
        labels["uid"] = uid;
        labels["node"] = pod.Pod.Spec?.NodeName ?? "";
        labels["container"] = pod.Container;
        labels["ready"] = pod.Pod.IsReady() ? "true" : "false";
        labels["room"] = pod.State is null ? "unknown" : pod.State.HasRoom ? "yes" : "no";
        labels["why_not"] = pod.WhyNot;
        return labels;
    }
}
