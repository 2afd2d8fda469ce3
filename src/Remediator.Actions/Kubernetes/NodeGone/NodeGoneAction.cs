using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.NodeGone;

/// <summary>
/// The cluster has no such node any more, after its machine was ended: the cloud's controller removes it. Until then its volumes stay
/// attached to it, and its pods are not made anew everywhere.
/// </summary>
internal sealed class NodeGoneAction(ClusterApi api) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.node-gone",
        Class = ActionClass.Read,
        Input = typeof(NodeGoneInput),
        Summary = "The node is no longer in the cluster.",
        Kinds = NodeReader.Kinds,
        Permissions = NodeGonePermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken) =>
        await api.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken) is null
            ? new(true, $"{request.Resource.Display} is no longer in the cluster")
            : new(false, $"{request.Resource.Display} is still in the cluster");
}
