using System.Globalization;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.NodeReady;

/// <summary>The node itself says that it is ready. Whether an alert is resolved says nothing: cordoning alone resolves some.</summary>
internal sealed class NodeReadyAction(ClusterApi api) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.node-ready",
        Class = ActionClass.Read,
        Input = typeof(NodeReadyInput),
        Summary = "The node is ready, and stays so without a restart.",
        Kinds = NodeReader.Kinds,
        Permissions = NodeReadyPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var node = await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
        if (node is null)
            return new(false, $"{request.Resource.Display} does not exist.");

        var ready = node.Ready();
        var cordoned = node.IsCordoned() ? ", and cordoned" : "";
        return ready?.Status == "True"
            ? new(
                true,
                $"it is ready{cordoned}",
                string.Create(
                    CultureInfo.InvariantCulture, $"{node.Metadata.Uid} {node.Status.NodeInfo?.BootID} {ready.LastTransitionTime:O}"))
            : new(false, $"it is not ready{(ready?.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}{cordoned}");
    }
}
