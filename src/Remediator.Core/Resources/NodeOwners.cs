namespace Remediator.Core.Resources;

/// <summary>
/// What other programs, and people through them, leave on a node that they drain, reboot, repair or remove, or want left alone. A node has
/// one owner at a time.
/// </summary>
public static class NodeOwners
{
    public const string OutOfService = "node.kubernetes.io/out-of-service";

    /// <summary>The annotation that we write with that taint where it is ours: it is no other owner's.</summary>
    public const string OutOfServiceByUs = "remediator.io/out-of-service";

    /// <summary>The annotations that say what we have asked of EC2 last, and which start of the machine was to end by that.</summary>
    public const string MovingAsked = "remediator.io/moving-asked";

    /// <inheritdoc cref="MovingAsked"/>
    public const string MovingBoot = "remediator.io/moving-boot";

    /// <summary>Of <see cref="MovingAsked"/>, from before the call that stops the machine until before that which starts it.</summary>
    public const string MovingStop = "stop";

    /// <param name="Key">A prefix where it ends with a slash.</param>
    /// <param name="Takes">It is at work on the node, or removes it; else it may do so, or wants others to leave the node alone.</param>
    private sealed record Mark(string Key, string Owner, bool Takes);

    private static readonly Mark[] Taints =
    [
        new("karpenter.sh/disruption", "Karpenter", Takes: true),
        new("karpenter.sh/disrupted", "Karpenter", Takes: true),
        new("ToBeDeletedByClusterAutoscaler", "cluster-autoscaler", Takes: true),
        new("DeletionCandidateOfClusterAutoscaler", "cluster-autoscaler", Takes: false),
        new("aws-node-termination-handler/", "the AWS node termination handler", Takes: true),
        new("medik8s.io/remediation", "medik8s", Takes: true),
        new("medik8s.io/", "medik8s", Takes: false),
        new("remediation.medik8s.io/", "medik8s", Takes: false),
        new("node.cluster.x-k8s.io/uninitialized", "Cluster API", Takes: true),
        new("node.cluster.x-k8s.io/", "Cluster API", Takes: false),
        // its volumes are being given to others: it must not come back before people have taken the taint away
        new(OutOfService, "somebody who declared it out of service", Takes: true),
        new("cloud.google.com/impending-node-termination", "its cloud, which takes it away", Takes: true),
        new("remediator.aks.microsoft.com/unschedulable", "AKS' auto-repair", Takes: true),
    ];

    /// <summary>Annotations or labels. Those that Cluster API puts on every node of its own mean nothing.</summary>
    private static readonly Mark[] Marks =
    [
        new("weave.works/kured-reboot-in-progress", "kured", Takes: true),
        new("cluster.x-k8s.io/remediate-machine", "Cluster API", Takes: true),
        new("cluster.x-k8s.io/delete-machine", "Cluster API", Takes: true),
        new("cluster.x-k8s.io/paused", "Cluster API", Takes: false),
        new("cluster.x-k8s.io/skip-remediation", "Cluster API", Takes: false),
        new("remediation.medik8s.io/", "medik8s", Takes: false),
        new("dgxc.nvidia.com/nvsentinel-state", "NVSentinel", Takes: true),
        new("karpenter.sh/do-not-disrupt", "somebody who told Karpenter not to disrupt it", Takes: false),
    ];

    /// <param name="taints">Their keys.</param>
    /// <param name="marks">Annotations and labels; one with the value <c>false</c> says nothing.</param>
    /// <param name="onlyWhoTakes">Not those that may take it, or want it left alone.</param>
    /// <returns>The owner, and by what it is known; empty where there is none.</returns>
    public static string Of(
        IEnumerable<string> taints, IEnumerable<KeyValuePair<string, string>> marks, bool onlyWhoTakes = false)
    {
        var all = marks.ToList();
        var isOurs = all.Exists(m => m.Key == OutOfServiceByUs);
        var byTaint =
            from taint in taints
            let known = isOurs && taint == OutOfService ? null : Known(Taints, taint)
            where known is not null && (known.Takes || !onlyWhoTakes)
            select $"{known.Owner} (taint {taint})";
        var byMark =
            from mark in all
            let known = mark.Value == "false" ? null : Known(Marks, mark.Key)
            where known is not null && (known.Takes || !onlyWhoTakes)
            select $"{known.Owner} (mark {mark.Key})";
        return byTaint.Concat(byMark).FirstOrDefault() ?? "";
    }

    private static Mark? Known(Mark[] marks, string key) => Array.Find(
        marks, m => m.Key.EndsWith('/') ? key.StartsWith(m.Key, StringComparison.Ordinal) : key == m.Key);
}
