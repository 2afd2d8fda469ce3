using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Tests.Kubernetes.Cordon;

public sealed class CordonMarkTests
{
    [Theory]
    [InlineData("", true)] // a server before 1.18
    [InlineData("""{"manager":"remediator","operation":"Update","fieldsV1":{"f:spec":{"f:unschedulable":{}}}}""", true)]
    [InlineData("""{"manager":"kubectl-cordon","operation":"Update","fieldsV1":{"f:spec":{"f:unschedulable":{}}}}""", false)]
    [InlineData(
        """{"manager":"kubelet","operation":"Update","fieldsV1":{"f:status":{"f:conditions":{}}}},{"manager":"remediator","operation":"Update","fieldsV1":{"f:spec":{"f:unschedulable":{}}}}""",
        true)]
    [InlineData(
        """{"manager":"remediator","operation":"Update","fieldsV1":{"f:spec":{"f:unschedulable":{}}}},{"manager":"karpenter","operation":"Apply","fieldsV1":{"f:spec":{"f:unschedulable":{}}}}""",
        false)]
    // nobody owns what is set: doubt
    [InlineData("""{"manager":"kubelet","operation":"Update","fieldsV1":{"f:status":{"f:conditions":{}}}}""", false)]
    [InlineData("""{"manager":"remediator","operation":"Update"}""", false)]
    public void RecordOfTheServer_TellsWhoseTheCordonIs(string managedFields, bool ours)
    {
        var metadata = $"{{\"name\":\"n1\",\"managedFields\":[{managedFields}]}}";
        var node = KubernetesJson.Deserialize<V1Node>(
            """{"kind":"Node","apiVersion":"v1","spec":{"unschedulable":true},"metadata":""" + metadata + "}");
        Assert.Equal(ours, node.IsOursByRecord());
    }
}
