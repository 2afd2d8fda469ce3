using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Tests.Kubernetes.Nodes;

public sealed class OtherHandsTests
{
    [Theory]
    [InlineData("karpenter.sh/disrupted", "Karpenter")]
    [InlineData("karpenter.sh/disruption", "Karpenter")]
    [InlineData("ToBeDeletedByClusterAutoscaler", "cluster-autoscaler")]
    [InlineData("aws-node-termination-handler/spot-itn", "the AWS node termination handler")]
    [InlineData("aws-node-termination-handler/scheduled-maintenance", "the AWS node termination handler")]
    [InlineData("medik8s.io/remediation", "medik8s")]
    [InlineData("node.cluster.x-k8s.io/uninitialized", "Cluster API")]
    public void WhoTakesANodeAway_IsNamed(string taint, string program) => Assert.Equal(
        $"it is being worked on by {program} (taint {taint})", OtherHands.On(Node("node.kubernetes.io/not-ready", taint)));

    [Theory]
    [InlineData("weave.works/kured-reboot-in-progress", "2026-11-27T02:00:00Z", "kured")]
    [InlineData("cluster.x-k8s.io/remediate-machine", "", "Cluster API")]
    [InlineData("dgxc.nvidia.com/nvsentinel-state", "draining", "NVSentinel")]
    public void WhoWorksOnANode_IsNamed(string mark, string value, string program)
    {
        var said = $"it is being worked on by {program} (mark {mark})";
        Assert.Equal(
            (said, said),
            (OtherHands.On(new() { Metadata = new() { Annotations = new Dictionary<string, string> { [mark] = value } } }),
                OtherHands.On(new() { Metadata = new() { Labels = new Dictionary<string, string> { [mark] = value } } })));
    }

    /// <summary>What is begun goes on: they may take the node, or want it left alone, which holds a step before it begins.</summary>
    [Theory]
    [InlineData("node.kubernetes.io/unreachable")]
    [InlineData("DeletionCandidateOfClusterAutoscaler")]
    [InlineData("medik8s.io/remediation-history")]
    [InlineData("node.cluster.x-k8s.io/outdated-revision")]
    [InlineData("example.com/aws-node-termination-handler/spot-itn")]
    public void OtherTaints_EndNothing(string taint) => Assert.Null(OtherHands.On(Node(taint)));

    [Theory]
    [InlineData("karpenter.sh/do-not-disrupt", "true")]
    [InlineData("cluster.x-k8s.io/skip-remediation", "")]
    [InlineData("weave.works/kured-reboot-in-progress", "false")]
    public void OtherMarks_EndNothing(string mark, string value) =>
        Assert.Null(OtherHands.On(new() { Metadata = new() { Annotations = new Dictionary<string, string> { [mark] = value } } }));

    [Fact]
    public void WithoutMarks_ItIsNobodys() => Assert.Null(OtherHands.On(new()));

    private static V1Node Node(params string[] taints) =>
        new() { Spec = new() { Taints = [.. taints.Select(t => new V1Taint { Key = t, Effect = "NoSchedule" })] } };
}
