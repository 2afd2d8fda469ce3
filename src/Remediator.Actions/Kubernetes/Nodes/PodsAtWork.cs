using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>Pods that would go down with a node's machine, and whose disruption budgets nobody would have asked.</summary>
internal static class PodsAtWork
{
    private const int MostNamed = 5;

    /// <returns>Why the machine is not to be restarted yet; null where nothing is at work on the node.</returns>
    public static string? Doubt(ActionRequest request)
    {
        var pods = request.Facts.Named("pod").Where(p => p["node"] == request.Resource.Name && IsAtWork(p))
            .Select(p => $"{p["namespace"]}/{p["pod"]}").Order(StringComparer.Ordinal).ToList();
        return pods.Count == 0
            ? null
            : $"it has to be drained first, since pods on it would go down with it: {string.Join(", ", pods.Take(MostNamed))}"
                + (pods.Count > MostNamed ? $" and {pods.Count - MostNamed} more" : "");
    }

    /// <summary>Those of a DaemonSet, and what the node itself runs, belong to the machine.</summary>
    private static bool IsAtWork(Fact pod) =>
        pod["phase"] is not ("Succeeded" or "Failed") && pod["terminating"] != "true"
            && pod["workload_kind"] is not (ResourceKinds.DaemonSet or ResourceKinds.Node);
}
