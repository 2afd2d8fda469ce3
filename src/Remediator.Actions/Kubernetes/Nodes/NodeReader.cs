using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Nodes;

internal static class NodeReader
{
    public static readonly IReadOnlyList<string> Kinds = [ResourceKinds.Node];

    /// <summary>Null where there is no such node.</summary>
    public static async Task<V1Node?> FindNodeAsync(
        this ClusterApi api, ResourceKey node, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ReadAsync(
                $"read {node.Display}", notAfter, (k, ct) => k.CoreV1.ReadNodeAsync(node.Name, cancellationToken: ct), cancellationToken);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public static V1NodeCondition? Ready(this V1Node node) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");
}
