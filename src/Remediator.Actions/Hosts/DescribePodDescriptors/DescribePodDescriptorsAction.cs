using System.Text;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Language;

namespace Remediator.Actions.Hosts.DescribePodDescriptors;

/// <summary>Keeps how near each pod is to its limit, what the one that is nearest has open, and how that grows within seconds.</summary>
internal sealed class DescribePodDescriptorsAction(Machines machines, WorkloadReader workloads) : IReadAction
{
    private const int Seconds = 8;
    private const int PodsShown = 20;

    private readonly PodDescriptorReader _reader = new(machines, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-pod-descriptors",
        Class = ActionClass.Read,
        Input = typeof(PodDescriptorsInput),
        Summary = "Records how near each pod of a workload is to its limit of open files, what the one that is nearest has open, by kind, "
            + "peer, state and file, and how much more a few seconds later.",
        Kinds = PodDescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(75),
        Permissions = PodDescriptorReader.Permissions,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var container = ((PodDescriptorsInput)request.Input).Container;
        var pods = (await _reader.ReadAsync(request, container, cancellationToken))
            .OrderByDescending(p => p.State?.UsedPercent ?? -1)
            .ToList();
        if (pods.Count == 0)
            return new("Descriptors", $"{request.Resource.Display} has no pod that runs.");

        var text = new StringBuilder();
        text.AppendJoin('\n', pods.Take(PodsShown).Select(p => p.Describe())).Append('\n');
        if (pods.Count > PodsShown)
            text.Append("and others\n");
        var worst = pods[0];
        if (worst.State is not null)
            worst = await _reader.ReadAsync(request, worst.Pod, container, Seconds, cancellationToken);
        if (worst.State is not { } seen)
            return Found(text.ToString(), $"what its pods have open is not known: {worst.WhyNot}");

        text.Append(DescriptorText.Whole(seen, worst.Owner));
        return Found(text.ToString(), DescriptorText.Reason(seen, worst.Process) + Judgement(seen, pods.Skip(1)));
    }

    private static Evidence Found(string lines, string reason) => new("Descriptors", lines)
    {
        Values = new Dictionary<string, string>
        {
            ["reason"] = reason,
            ["last_log_lines"] = Excerpt.Of(lines, 2000),
        },
    };

    private static string Judgement(DescriptorState seen, IEnumerable<PodSeen> others) => seen.Trouble(null, 1) switch
    {
        "load" => "; most of these are clients, so this is load and no leak",
        "leak" when others.Any(o => o.State?.HasRoom == false) => "; this is a leak, and other pods are near their limit too",
        "leak" => "; this is a leak",
        _ => "; whether it leaks or is under load is not clear from what it has open",
    };
}
