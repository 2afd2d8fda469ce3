using k8s.Models;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>Programs that are about to take a node away. A node has one owner at a time.</summary>
internal static class OtherHands
{
    private static readonly IReadOnlyList<(string Taint, string Program)> Taints =
    [
        ("karpenter.sh/disrupted", "Karpenter"),
        ("karpenter.sh/disruption", "Karpenter"),
        ("ToBeDeletedByClusterAutoscaler", "cluster-autoscaler"),
        ("aws-node-termination-handler/", "the AWS node termination handler"),
        ("medik8s.io/remediation", "medik8s"),
        ("node.cluster.x-k8s.io/uninitialized", "Cluster API"),
    ];

    /// <returns>Who has marked the node, and with what; null where nobody has.</returns>
    public static string? On(V1Node node) => (
        from taint in node.Spec?.Taints ?? []
        from known in Taints
        where known.Taint.EndsWith('/') ? taint.Key.StartsWith(known.Taint, StringComparison.Ordinal) : taint.Key == known.Taint
        select $"{known.Program} has tainted it with {taint.Key}").FirstOrDefault();
}
