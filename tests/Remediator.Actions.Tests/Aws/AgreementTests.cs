using Amazon.EC2;
using Amazon.EC2.Model;
using k8s.Models;
using Remediator.Actions.Aws.Instances;

namespace Remediator.Actions.Tests.Aws;

public sealed class AgreementTests
{
    private const string Id = "i-0123456789abcdef0";

    [Theory]
    [InlineData($"aws:///eu-central-1a/{Id}", "eu-central-1a", Id)]
    [InlineData("aws:////i-01234567", "", "i-01234567")]
    public void ProviderIds_AreRead(string text, string zone, string id) => Assert.Equal(new(zone, id), ProviderId.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gce://project/zone/name")]
    [InlineData("aws:///eu-central-1a/i-0n1")]
    [InlineData($"aws:///eu-central-1a/{Id}\n")]
    [InlineData($"aws:///eu-central-1a/fargate-{Id}")]
    public void OtherProviderIds_AreNone(string? text) => Assert.Null(ProviderId.Parse(text));

    [Fact]
    public void WhereAllSignsAgree_ThereIsNoDoubt() => Assert.Null(Doubt());

    [Fact]
    public void AnInstanceThatIsGone_HasNoAddressAnyMore() => Assert.Null(Doubt(instance: i =>
    {
        i.State = new() { Name = InstanceStateName.Terminated };
        i.PrivateIpAddress = null;
    }));

    [Fact]
    public void AnInstanceThatEc2DoesNotKnow() => Assert.Equal(
        $"EC2 knows no instance {Id}, which the node says it is", Agreement.Doubt(Node(), new("eu-central-1a", Id), null, "test"));

    [Fact]
    public void AnotherClustersInstance() => Assert.Equal(
        $"instance {Id} is tagged as one of cluster other, not of test; if that is this cluster, set Aws:Cluster to that name",
        Doubt(instance: i => i.Tags = [new("kubernetes.io/cluster/other", "owned")]));

    [Fact]
    public void AnInstanceWithoutATagOfItsCluster() => Assert.Equal(
        $"instance {Id} has no tag kubernetes.io/cluster/test, so that nothing says whose it is; tag it, or set Aws:Cluster to the "
            + "cluster's name",
        Doubt(instance: i => i.Tags = null));

    /// <summary>Another cluster's node of the same name, or a machine that took over the name of one before.</summary>
    [Fact]
    public void AnotherAddress() => Assert.Equal(
        $"the node has the address 10.0.0.1, and instance {Id} 10.9.0.1", Doubt(instance: i => i.PrivateIpAddress = "10.9.0.1"));

    [Fact]
    public void ANodeWithoutAnAddress() => Assert.Equal(
        $"the node has the address none, and instance {Id} 10.0.0.1", Doubt(node: n => n.Status.Addresses = null));

    [Fact]
    public void AnotherZoneByTheLabel() => Assert.Equal(
        $"instance {Id} is in zone eu-central-1a, and the node says eu-central-1b",
        Doubt(node: n => n.Metadata.Labels["topology.kubernetes.io/zone"] = "eu-central-1b"));

    [Fact]
    public void AnotherZoneByTheProviderId() => Assert.Equal(
        $"instance {Id} is in zone eu-central-1a, and the node says eu-central-1c",
        Agreement.Doubt(Node(), new("eu-central-1c", Id), Instance(), "test"));

    [Fact]
    public void AnAddressOfASecondInterface_IsOneOfItsOwn() => Assert.Null(Doubt(instance: i =>
    {
        i.PrivateIpAddress = "10.9.0.1";
        i.NetworkInterfaces = [new() { PrivateIpAddresses = [new() { PrivateIpAddress = "10.0.0.1" }] }];
    }));

    private static string? Doubt(Action<V1Node>? node = null, Action<Instance>? instance = null)
    {
        var (n, i) = (Node(), Instance());
        node?.Invoke(n);
        instance?.Invoke(i);
        return Agreement.Doubt(n, new("eu-central-1a", Id), i, "test");
    }

    private static V1Node Node() => new()
    {
        Metadata = new() { Name = "n1", Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "eu-central-1a" } },
        Status = new() { Addresses = [new() { Type = "Hostname", Address = "n1" }, new() { Type = "InternalIP", Address = "10.0.0.1" }] },
    };

    private static Instance Instance() => new()
    {
        InstanceId = Id,
        State = new() { Name = InstanceStateName.Running },
        Placement = new() { AvailabilityZone = "eu-central-1a" },
        PrivateIpAddress = "10.0.0.1",
        Tags = [new("kubernetes.io/cluster/test", "owned")],
    };
}
