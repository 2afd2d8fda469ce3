using System.Globalization;
using System.Text;
using Remediator.Core.Language;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.DescribeNode;

/// <summary>Keeps what the node says of itself, who keeps pods off it, and what runs on it.</summary>
internal sealed class DescribeNodeAction(ClusterApi api) : IReadAction
{
    private const int Most = 16 * 1024;
    private const int MostPods = 60;

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.describe-node",
        Class = ActionClass.Read,
        Input = typeof(DescribeNodeInput),
        Summary = "Records a node's conditions with their reasons, its taints, who cordoned it, its versions, and the pods on it.",
        Kinds = NodeReader.Kinds,
        Permissions = DescribeNodePermissions.All,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken)
            ?? throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display} does not exist.");
        var reason = node.Ready() is { Reason: { } why } ready
            ? $"{why}: {EvidenceText.OneLine(ready.Message ?? "", 300)}"
            : "it does not say whether it is ready";
        return new("Node", EvidenceText.Head(Text(node, request.Facts), Most))
            { Values = new Dictionary<string, string> { ["reason"] = reason } };
    }

    private static string Text(V1Node node, FactView facts)
    {
        var text = new StringBuilder();
        foreach (var c in node.Status?.Conditions ?? [])
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"condition {c.Type}={c.Status} since {c.LastTransitionTime:yyyy-MM-ddTHH:mm:ssZ}, heartbeat "
                    + $"{c.LastHeartbeatTime:yyyy-MM-ddTHH:mm:ssZ}, {c.Reason}: ")
                .Append(EvidenceText.OneLine(c.Message ?? "", 300)).Append('\n');
        }

        foreach (var taint in node.Spec?.Taints ?? [])
            text.Append(CultureInfo.InvariantCulture, $"taint {taint.Key}={taint.Value}:{taint.Effect}\n");
        text.Append("cordoned: ")
            .Append(!node.IsCordoned()
                ? "no"
                : node.CordonedBy() is { Length: > 0 } action
                ? $"by Remediator, action {action}"
                : "by a person or another program")
            .Append('\n');
        if (node.Status?.NodeInfo is { } info)
            text.Append(
                CultureInfo.InvariantCulture,
                $"kubelet {info.KubeletVersion}, {info.ContainerRuntimeVersion}, kernel {info.KernelVersion}, {info.OsImage}\n");
        var pods = facts.Named("pod");
        text.Append(CultureInfo.InvariantCulture, $"{Plural.Of(pods.Count, "pod")} on it\n");
        foreach (var pod in pods.Take(MostPods))
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {pod["namespace"]}/{pod["pod"]} of {pod["workload_kind"]} {pod["workload"]}: {pod["phase"]}"
                    + $"{(pod["ready"] == "true" ? ", ready" : "")}{(pod["terminating"] == "true" ? ", terminating" : "")}\n");
        return text.ToString();
    }
}
