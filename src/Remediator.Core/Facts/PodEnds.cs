namespace Remediator.Core.Facts;

/// <summary>Who has ended a pod for good, by the reason and the message in its status.</summary>
public static class PodEnds
{
    /// <summary>
    /// What the kubelet and the node lifecycle controller write: a shutdown (<c>Terminated</c> since 1.22), a node that was
    /// lost, and admissions that the kubelet refused.
    /// </summary>
    private static readonly HashSet<string> OfNodes = new(StringComparer.Ordinal)
    {
        "NodeShutdown", "Shutdown", "Terminated", "NodeLost", "NodeAffinity", "Preempting", "UnexpectedAdmissionError",
        "TopologyAffinityError", "SMTAlignmentError",
    };

    /// <summary>With the resource that the node was out of: <c>OutOfcpu</c>, <c>OutOfnvidia.com/gpu</c>.</summary>
    private const string OutOf = "OutOf";

    /// <summary>
    /// The kubelet evicts for two causes under one reason: the node's pressure, and a pod that wrote more to its own disk than its limits
    /// allow. Its message alone tells them apart: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/eviction/helpers.go
    /// </summary>
    private static readonly string[] OfPressure = ["The node was low on resource", "The node had condition"];

    /// <summary>
    /// Its node has ended it, and not what runs in it: for a workload that has all its pods it is a leftover. An eviction of which the
    /// message does not name the node's pressure is the pod's own.
    /// </summary>
    public static bool IsByNode(string? phase, string? reason, string? message) =>
        phase == "Failed"
            && (reason == "Evicted"
                ? Array.Exists(OfPressure, p => message?.Contains(p, StringComparison.Ordinal) == true)
                : OfNodes.Contains(reason ?? "") || reason?.StartsWith(OutOf, StringComparison.Ordinal) == true);
}
