using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Facts;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Whether machines are meant to be off, as AWS says it.</summary>
public sealed class InstanceFactsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OfNodesThatAreNotReady_StateAndLifecycleAreKnown_AndOfNoOthers()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelGroup("workers"));
        aws.Model.Add(new ModelInstance("i-00000000000000001")
            { Group = "workers", Lifecycle = "Warmed:Stopped", State = "stopped", StateReason = "Server.ScheduledStop" });
        aws.Model.Add(new ModelInstance("i-00000000000000002") { Group = "workers" });
        aws.Model.Add(new ModelInstance("i-00000000000000003") { Group = "" });
        using var facts = new InstanceFacts(
            new Nodes(
                ("warm", "unknown", "aws:///eu-central-1a/i-00000000000000001"),
                ("well", "true", "aws:///eu-central-1a/i-00000000000000002"),
                ("alone", "false", "aws:///eu-central-1a/i-00000000000000003"),
                ("gone", "unknown", "aws:///eu-central-1a/i-00000000000000009"),
                ("elsewhere", "unknown", "gce://p/z/n")),
            "test", aws.Api);

        await facts.LookAsync(Token);

        Assert.Equal("", facts.Current.Problem);
        Assert.Equal(
            [
                """instance{group="workers",instance_id="i-00000000000000001",lifecycle="Warmed:Stopped",node="warm","""
                    + """state="stopped",state_reason="Server.ScheduledStop"}""",
                """instance{instance_id="i-00000000000000003",node="alone",state="running"}"""],
            facts.Current.View.Named("instance").Select(f => f.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("cluster", "of cluster other")]
    [InlineData("untagged", "has no tag kubernetes.io/cluster/test")]
    [InlineData("zone", "is in zone eu-central-1b")]
    [InlineData("address", "10.0.0.9")]
    public async Task InstanceThatMayBeAnotherMachine_SaysNothingOfTheNode(string trouble, string says)
    {
        await using var aws = await AwsFixture.StartAsync();
        var instance = aws.Model.Add(new ModelInstance("i-00000000000000001")
        {
            State = "stopped", Zone = trouble == "zone" ? "eu-central-1b" : "eu-central-1a",
            Address = trouble == "address" ? "10.0.0.9" : "10.0.0.1",
        });
        if (trouble is "cluster" or "untagged")
            instance.Tags.Remove("kubernetes.io/cluster/test");
        if (trouble == "cluster")
            instance.Tags["kubernetes.io/cluster/other"] = "owned";
        using var facts = new InstanceFacts(new Nodes(("n1", "unknown", "aws:///eu-central-1a/i-00000000000000001")), "test", aws.Api);

        await facts.LookAsync(Token);

        var fact = Assert.Single(facts.Current.View.Named("instance"));
        Assert.Equal(("n1", "false", "i-00000000000000001", ""), (fact["node"], fact["agrees"], fact["instance_id"], fact["state"]));
        Assert.Contains(says, fact["why_not"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingIsAsked_WhereAllAreReady()
    {
        await using var aws = await AwsFixture.StartAsync();
        using var facts = new InstanceFacts(new Nodes(("well", "true", "aws:///eu-central-1a/i-00000000000000002")), "test", aws.Api);
        await facts.LookAsync(Token);
        Assert.Empty(aws.Endpoint.Calls);
        Assert.Equal((ViewState.Ready, ""), (facts.Current.State, facts.Current.Problem));
    }

    [Fact]
    public async Task WhenAwsCannotBeRead_TheLastIsKeptForAWhile_AndThenNothingIsKnown()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelInstance("i-00000000000000001") { State = "stopped" });
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var facts = new InstanceFacts(
            new Nodes(("off", "unknown", "aws:///eu-central-1a/i-00000000000000001")), "test",
            new AwsApi(Options.Create(new AwsOptions
            {
                Region = AwsEndpoint.Region, Ec2Endpoint = aws.Endpoint.Url, AutoScalingEndpoint = aws.Endpoint.Url,
            }), time) { Timeout = TimeSpan.FromMinutes(1) });
        await facts.LookAsync(Token);
        var version = facts.Current.View.Version;
        await facts.LookAsync(Token);
        Assert.Equal(version, facts.Current.View.Version);

        aws.Endpoint.Fail("DescribeInstances", 403, "UnauthorizedOperation");
        time.Advance(TimeSpan.FromMinutes(9));
        await facts.LookAsync(Token);
        Assert.Contains("UnauthorizedOperation", facts.Current.Problem, StringComparison.Ordinal);
        Assert.Single(facts.Current.View.Named("instance"));

        aws.Endpoint.Fail("DescribeInstances", 403, "UnauthorizedOperation");
        time.Advance(TimeSpan.FromMinutes(2));
        await facts.LookAsync(Token);
        Assert.Empty(facts.Current.View.Named("instance"));

        await facts.LookAsync(Token);
        Assert.Single(facts.Current.View.Named("instance"));
        Assert.Equal("", facts.Current.Problem);
    }

    private sealed class Nodes(params (string Name, string Ready, string ProviderId)[] nodes) : IFactViews
    {
        public ViewStatus Current { get; } = new(
            ViewState.Ready,
            new(1, DateTimeOffset.UnixEpoch, nodes.Select(n => new Fact(
                "node",
                new Dictionary<string, string>
                    { ["node"] = n.Name, ["ready"] = n.Ready, ["provider_id"] = n.ProviderId, ["internal_ip"] = "10.0.0.1" },
                DateTimeOffset.UnixEpoch))),
            DateTimeOffset.UnixEpoch, "");

        public Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken) =>
            Task.FromException<ViewStatus>(new NotSupportedException());
    }
}
