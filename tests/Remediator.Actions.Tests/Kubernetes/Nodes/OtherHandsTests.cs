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
        $"{program} has tainted it with {taint}", OtherHands.On(Node("node.kubernetes.io/not-ready", taint)));

    [Theory]
    [InlineData("node.kubernetes.io/unreachable")]
    [InlineData("DeletionCandidateOfClusterAutoscaler")]
    [InlineData("medik8s.io/remediation-history")]
    [InlineData("example.com/aws-node-termination-handler/spot-itn")]
    public void OtherTaints_AreNobodys(string taint) => Assert.Null(OtherHands.On(Node(taint)));

    [Fact]
    public void WithoutTaints_ItIsNobodys() => Assert.Null(OtherHands.On(new()));

    private static V1Node Node(params string[] taints) =>
        new() { Spec = new() { Taints = [.. taints.Select(t => new V1Taint { Key = t, Effect = "NoSchedule" })] } };
}
