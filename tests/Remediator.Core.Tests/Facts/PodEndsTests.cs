using Remediator.Core.Facts;

namespace Remediator.Core.Tests.Facts;

public sealed class PodEndsTests
{
    [Theory]
    [InlineData("Evicted", "The node was low on resource: memory. Container main was using 90Mi, which exceeds its request of 0. ", true)]
    [InlineData("Evicted", "The node had condition: [DiskPressure]. ", true)]
    [InlineData("Evicted", "Pod The node had condition: [MemoryPressure]. ", true)]
    [InlineData("Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ", false)]
    [InlineData("Evicted", "Container main exceeded its local ephemeral storage limit \"1Gi\". ", false)]
    [InlineData("Evicted", "Usage of EmptyDir volume \"cache\" exceeds the limit \"64Mi\". ", false)]
    [InlineData("Evicted", "", false)]
    [InlineData("Evicted", null, false)]
    [InlineData("OutOfcpu", "Pod Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 2000", true)]
    [InlineData("OutOfnvidia.com/gpu", "Pod Node didn't have enough resource: nvidia.com/gpu, requested: 1, used: 0, capacity: 0", true)]
    [InlineData("TopologyAffinityError", "Resources cannot be allocated with Topology locality", true)]
    [InlineData("NodeLost", null, true)]
    [InlineData("", "The node was low on resource: memory. ", false)]
    [InlineData("DeadlineExceeded", "Pod was active on the node longer than the specified deadline", false)]
    public void AFailedPod_WasEndedByItsNode_OnlyWhereReasonAndMessageSayIt(string reason, string? message, bool byNode)
    {
        Assert.Equal(byNode, PodEnds.IsByNode("Failed", reason, message));
        Assert.False(PodEnds.IsByNode("Running", reason, message));
    }
}
