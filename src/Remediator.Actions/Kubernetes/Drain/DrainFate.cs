using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Kubernetes.Drain;

internal enum DrainAct
{
    Evict,
    /// <summary>It may end by itself, and is waited for.</summary>
    AwaitEnd,
    /// <summary>It stays where it is, and the node is drained all the same.</summary>
    Leave,
    /// <summary>It must not be evicted, and so the node is not drained.</summary>
    Refuse,
}

/// <summary>What a drain does with one pod.</summary>
/// <param name="Why">Why it stays; empty where it goes.</param>
internal sealed record DrainFate(DrainAct Act, string Why = "")
{
    /// <summary>The taint of a node that is cordoned.</summary>
    private const string Unschedulable = "node.kubernetes.io/unschedulable";

    private const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>Cluster API: <c>skip</c> or <c>wait-completed</c> (Cluster API book, "Machine deletions").</summary>
    private const string ClusterApiDrain = "cluster.x-k8s.io/drain";

    /// <summary>As in kube-scheduler: the priority of what the system itself needs, 2,000,000,000, and above.</summary>
    private const int CriticalPriority = 2_000_000_000;

    /// <param name="daemonSets">The uids of those that exist: a pod of one that does not is an orphan, and goes.</param>
    /// <param name="begun">When the evictions began, as the API server has it. Null where they have not, or it keeps no record.</param>
    public static DrainFate Of(V1Pod pod, DrainInput input, IReadOnlySet<string> daemonSets, DateTime? begun)
    {
        if (begun is { } at && pod.Metadata.CreationTimestamp > at)
            return new(DrainAct.Leave, "made since the drain began");
        if (pod.Annotation(Mirror) is not null)
            return new(DrainAct.Leave, "mirror pod");
        if (pod.IsOver())
            return new(DrainAct.Leave, "ended");
        if (Label(pod, ClusterApiDrain) is "skip")
            return new(DrainAct.Leave, $"labelled {ClusterApiDrain}=skip");
        var controller = pod.Controller();
        if (controller?.Kind is "DaemonSet" && daemonSets.Contains(controller.Uid))
            return new(DrainAct.Leave, "of a DaemonSet");
        if (Label(pod, ClusterApiDrain) is "wait-completed")
            return new(DrainAct.AwaitEnd, $"labelled {ClusterApiDrain}=wait-completed");
        if (DoNotEvict.Mark(pod) is { } mark)
            return new(DrainAct.Refuse, $"annotated {mark}");
        return pod.Annotation(DoNotEvict.SafeToEvict) switch
        {
            _ when ToleratesCordons(pod) => new(DrainAct.Leave, "tolerating the cordon, so that it would come back"),
            "true" => new(DrainAct.Evict),
            _ when controller is null && input.Unmanaged is DrainChoice.Refuse =>
                new(DrainAct.Refuse, "no controller would make it anew (unmanaged: refuse)"),
            _ when HasEmptyDir(pod) && input.EmptyDir is DrainChoice.Refuse =>
                new(DrainAct.Refuse, "its emptyDir would be lost (empty-dir: refuse)"),
            _ => new(DrainAct.Evict),
        };
    }

    /// <summary>These go when all others are gone.</summary>
    public static bool IsCritical(V1Pod pod) => pod.Spec?.Priority >= CriticalPriority;

    /// <summary>The scheduler may place its successor on the same node again (projectcalico/calico #6136).</summary>
    private static bool ToleratesCordons(V1Pod pod) => pod.Spec?.Tolerations?.Any(t =>
        t.Effect is null or "" or "NoSchedule"
            && (t.Key == Unschedulable || (string.IsNullOrEmpty(t.Key) && t.OperatorProperty == "Exists"))) == true;

    private static bool HasEmptyDir(V1Pod pod) => pod.Spec?.Volumes?.Any(v => v.EmptyDir is not null) == true;

    private static string? Label(V1Pod pod, string name) => pod.Metadata.Labels?.TryGetValue(name, out var value) == true ? value : null;
}
