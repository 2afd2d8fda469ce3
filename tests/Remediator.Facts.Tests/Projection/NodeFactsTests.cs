namespace Remediator.Facts.Tests.Projection;

public sealed class NodeFactsTests : ProjectionTest
{
    [Theory]
    [InlineData("eks.amazonaws.com/nodegroup")]
    [InlineData("karpenter.sh/nodepool")]
    [InlineData("kops.k8s.io/instancegroup")]
    public void NodeGroup_IsTheSetThatItWasMadeWith(string label)
    {
        var node = A.Node("n1");
        Says(Only(new() { Nodes = [node] }, "node"), ("node_group", ""));
        Says(Only(new() { Nodes = [node with { Metadata = node.Metadata with { Labels = new Dictionary<string, string>(node.Metadata.Labels) { [label] = "spot" } } }] }, "node"), ("node_group", "spot"));
    }
}
