using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.WorkloadReady;

/// <summary>
/// A DaemonSet wants a pod on every node, on dead ones too, and counts them. Whether a change of it helped is seen on the living ones;
/// the others have alerts of their own.
/// </summary>
/// <param name="Names">Of nodes that have a pod of it and are gone or silent, in order.</param>
/// <param name="Updated">How many pods of the newest revision are on the living nodes.</param>
internal sealed record DeadNodes(IReadOnlyList<string> Names, long Updated)
{
    public static DeadNodes None { get; } = new([], 0);

    /// <summary>Where more are in trouble than this, it is not for one workload to say that none of them matters.</summary>
    private const int Most = 20;

    public static async Task<DeadNodes> OfAsync(
        LiveWorkload workload, IReadOnlyList<V1Pod> pods, ClusterApi api, WorkloadReader workloads, ActionRequest request,
        CancellationToken cancellationToken)
    {
        if (workload.Kind != ResourceKinds.DaemonSet)
            return None;

        var doubtful = pods.Where(p => p.IsTerminating() || !p.IsReady()).Select(p => p.Spec?.NodeName ?? "").Where(n => n.Length > 0)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var dead = new List<string>();
        foreach (var node in doubtful.Take(doubtful.Count > Most ? 0 : Most))
        {
            var found = await api.FindNodeAsync(
                new(request.Resource.Cluster, ResourceKinds.Node, "", node), request.NotAfter, cancellationToken);
            // a node that says itself that it is not ready may be so because of this very workload
            if (found?.Ready()?.Status is null or "Unknown")
                dead.Add(node);
        }

        if (dead.Count == 0)
            return None;

        var revisions = await workloads.OwnedAsync(workload, "controllerrevisions", request.NotAfter, cancellationToken);
        var newest = revisions.MaxBy(r => r["revision"]?.GetValue<long>() ?? 0)
            ?["metadata"]?["labels"]?["controller-revision-hash"]?.GetValue<string>();
        return new(
            dead,
            newest is null ? 0 : pods.Count(p => !p.IsTerminating() && !p.IsOver() && !dead.Contains(p.Spec?.NodeName ?? "")
                && RevisionReader.HashOf(p) == newest));
    }

    public bool Has(V1Pod pod) => Names.Contains(pod.Spec?.NodeName ?? "");

    public string Words => Names.Count == 0 ? "" : $"; on {string.Join(", ", Names)}, which {(Names.Count == 1 ? "is" : "are")} not ready, "
        + "it cannot be seen and is left out";
}
