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
        aws.Model.Add(new ModelInstance("i-00000000000000001") { Group = "workers", Lifecycle = "Warmed:Stopped", State = "stopped" });
        aws.Model.Add(new ModelInstance("i-00000000000000002") { Group = "workers" });
        aws.Model.Add(new ModelInstance("i-00000000000000003") { Group = "" });
        using var facts = new InstanceFacts(
            new Nodes(
                ("warm", "unknown", "aws:///a/i-00000000000000001"), ("well", "true", "aws:///a/i-00000000000000002"),
                ("alone", "false", "aws:///a/i-00000000000000003"), ("gone", "unknown", "aws:///a/i-00000000000000009"),
                ("elsewhere", "unknown", "gce://p/z/n")),
            aws.Api);

        await facts.LookAsync(Token);

        Assert.Equal("", facts.Current.Problem);
        Assert.Equal(
            [
                """instance{group="workers",instance_id="i-00000000000000001",lifecycle="Warmed:Stopped",node="warm",state="stopped"}""",
                """instance{instance_id="i-00000000000000003",node="alone",state="running"}"""],
            facts.Current.View.Named("instance").Select(f => f.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task NothingIsAsked_WhereAllAreReady()
    {
        await using var aws = await AwsFixture.StartAsync();
        using var facts = new InstanceFacts(new Nodes(("well", "true", "aws:///a/i-00000000000000002")), aws.Api);
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
            new Nodes(("off", "unknown", "aws:///a/i-00000000000000001")),
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
                new Dictionary<string, string> { ["node"] = n.Name, ["ready"] = n.Ready, ["provider_id"] = n.ProviderId },
                DateTimeOffset.UnixEpoch))),
            DateTimeOffset.UnixEpoch, "");

        public Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken) =>
            Task.FromException<ViewStatus>(new NotSupportedException());
    }
}
