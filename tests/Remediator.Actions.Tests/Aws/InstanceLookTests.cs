using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.ConsoleOutput;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Aws;

[Trait("Needs", "Cluster")]
public sealed class InstanceLookTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnInstance_IsSeenWithItsGroup()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.System = "impaired";
        node.Instance.Event = "system-maintenance";
        node.Group.Suspended.AddRange(["Terminate", "AZRebalance"]);
        Assert.Equal(
            Fact.Parse(
                $$"""
                instance{agrees="true",checks="bad",event="system-maintenance",group="workers",group_desired="3",group_max="9",
                """
                + $$"""
                group_min="1",instance_check="ok",instance_id="{{AwsNode.Id}}",instance_type="m7i.large",lifecycle="InService",
                """
                + $$"""
                move="helps",node="{{node.Node.Name}}",replace="allowed",replaced_when_unhealthy="false",spot="false",state="running",
                """
                + """
                suspended="AZRebalance,Terminate",
                """
                + """
                system_check="impaired",
                """
                + """volumes_check="ok",zone="eu-central-1a"}""").ToString(),
            Assert.Single(await node.Look.LookAsync(node.Request(), Token)).ToString());
    }

    [Theory]
    [InlineData("sound", "")]
    [InlineData("retired", "helps")]
    [InlineData("spot", "never")]
    [InlineData("store", "never")]
    [InlineData("unknown", "never")]
    public async Task WhetherOtherHardwareHelps_IsSaid(string what, string move)
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.Event = what == "sound" ? "" : "instance-retirement";
        node.Instance.IsSpot = what == "spot";
        node.Instance.Type = what == "store" ? "m7id.large" : "m7i.large";
        if (what == "unknown")
            node.Aws.Endpoint.Fail("DescribeInstanceTypes", 403, "UnauthorizedOperation");
        var fact = Assert.Single(await node.Look.LookAsync(node.Request(), Token));
        Assert.Equal(("running", move), (fact["state"], fact["move"]));
    }

    [Fact]
    public async Task WhereTheyDoNotAgree_NothingButTheReasonIsSaid()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.Tags.Remove("kubernetes.io/cluster/test");
        var fact = Assert.Single(await node.Look.LookAsync(node.Request(), Token));
        Assert.Equal(("false", ""), (fact["agrees"], fact["state"]));
        Assert.StartsWith($"instance {AwsNode.Id} has no tag kubernetes.io/cluster/test", fact["why_not"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAws_ItIsSaid()
    {
        await using var node = await AwsNode.CreateAsync();
        var api = new AwsApi(Options.Create(new AwsOptions()), TimeProvider.System);
        var look = new InstanceLook(new(node.Node.Space.Api, api, () => []));
        Assert.Equal(
            $$"""instance{agrees="false",node="{{node.Node.Name}}","""
                + """why_not="no region of AWS is configured; set Aws:Region to change that"}""",
            Assert.Single(await look.LookAsync(node.Request(), Token)).ToString());
    }

    [Fact]
    public async Task ANodeOfAnotherCloud_IsNoInstance()
    {
        await using var aws = await AwsFixture.StartAsync();
        await using var node = await TestNode.CreateAsync();
        var look = new InstanceLook(aws.Reader(node.Space.Api));
        Assert.Equal(
            "it has no provider id, so that nothing says which instance it is",
            Assert.Single(await look.LookAsync(node.Request(new InstanceInput()), Token))["why_not"]);
        Assert.Empty(aws.Endpoint.Calls);
    }

    [Fact]
    public async Task WhenAwsCannotBeRead_NoStateIsSaid()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Aws.Endpoint.Fail("DescribeInstances", 403, "UnauthorizedOperation");
        var fact = Assert.Single(await node.Look.LookAsync(node.Request(), Token));
        Assert.Equal(("false", ""), (fact["agrees"], fact["state"]));
        Assert.Contains("AWS answered 403 UnauthorizedOperation", fact["why_not"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheConsole_IsKept_WithoutSecrets()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.Console = "kernel: Out of memory\ndb password=hunter2000\n";
        var evidence = await Console(node).ReadAsync(node.Request(), Token);
        Assert.Equal(
            $"Instance {AwsNode.Id} is running; EC2's checks are ok.\nkernel: Out of memory\ndb password=***\n", evidence.Text);
        Assert.Equal(AwsNode.Id, Assert.Single(evidence.Facts)["console_kept"]);
    }

    /// <summary>It says nothing of what is wrong now.</summary>
    [Fact]
    public async Task AConsoleOfTheLastStart_IsNoEvidence()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.IsNitro = false;
        var evidence = await Console(node).ReadAsync(node.Request(), Token);
        Assert.Equal(
            $"Instance {AwsNode.Id} is running; EC2's checks are ok.\nAs it was when it last started:\nit starts\n", evidence.Text);
        Assert.Empty(evidence.Facts);
    }

    private static ConsoleOutputAction Console(AwsNode node) => new(node.Aws.Api, node.Aws.Reader(node.Node.Space.Api));
}
