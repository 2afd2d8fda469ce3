using Amazon.EC2.Model;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

public sealed class AwsApiTests
{
    private const string Id = "i-0123456789abcdef0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BothServices_AreAskedWithSignaturesThatHold()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelGroup("workers & more"));
        aws.Model.Add(new ModelInstance(Id) { Group = "workers & more" });

        var answer = await aws.Api.ReadAsync(
            "read", DateTimeOffset.MaxValue, (c, ct) => c.Ec2.DescribeInstancesAsync(new() { InstanceIds = [Id] }, ct), Token);
        Assert.Equal("running", answer.Reservations.Single().Instances.Single().State.Name.Value);
        var member = await aws.Api.ReadAsync(
            "read", DateTimeOffset.MaxValue, (c, ct) => c.AutoScaling.DescribeAutoScalingInstanceAsync(Id, ct), Token);
        Assert.Equal(new(Id, "workers & more", "eu-central-1a", "InService", "HEALTHY", false), member);
        Assert.All(aws.Endpoint.Calls, c => Assert.Equal(200, c.Status));
    }

    /// <summary>Its first page is empty here, as it may be.</summary>
    [Fact]
    public async Task AGroup_IsFoundOnALaterPage()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelGroup("workers") { Min = 2, Max = 5, Desired = 4 }).Suspended.Add("AZRebalance");
        var group = await aws.Api.ReadAsync(
            "read", DateTimeOffset.MaxValue, (c, ct) => c.AutoScaling.DescribeAutoScalingGroupAsync("workers", ct), Token);
        Assert.NotNull(group);
        Assert.Equal((2, 5, 4, "AZRebalance"), (group.MinSize, group.MaxSize, group.DesiredCapacity, group.SuspendedProcesses.Single()));
        Assert.Equal(2, aws.Endpoint.Count("DescribeAutoScalingGroups"));
    }

    [Theory]
    [InlineData(500, "InternalError", FailureKind.Unknown)]
    [InlineData(503, "Unavailable", FailureKind.Unknown)]
    [InlineData(503, "RequestLimitExceeded", FailureKind.Transient)]
    [InlineData(403, "UnauthorizedOperation", FailureKind.Permanent)]
    [InlineData(400, "IncorrectState", FailureKind.Permanent)]
    public async Task AReboot_IsSentOnce_WhateverIsAnswered(int status, string code, FailureKind kind)
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelInstance(Id));
        aws.Endpoint.Fail("RebootInstances", status, code);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => RebootAsync(aws.Api));
        Assert.Equal((kind, 1), (e.Kind, aws.Endpoint.Count("RebootInstances")));
        Assert.StartsWith(
            $"Could not reboot it: AWS answered {status} {code} (as the test wants it; request ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARebootWithoutAnAnswer_MayHaveHappened_AndIsSentOnce()
    {
        await using var aws = await AwsFixture.StartAsync();
        var instance = aws.Model.Add(new ModelInstance(Id));
        aws.Endpoint.Drop("RebootInstances");
        var e = await Record.ExceptionAsync(() => RebootAsync(aws.Api)) as ActionFailedException;
        Assert.Equal((FailureKind.Unknown, 1), (e?.Kind, instance.Reboots));
    }

    [Theory]
    [InlineData(500, "ResourceContention", FailureKind.Transient)]
    [InlineData(400, "ScalingActivityInProgress", FailureKind.Transient)]
    [InlineData(400, "Throttling", FailureKind.Transient)]
    [InlineData(500, "InternalFailure", FailureKind.Unknown)]
    [InlineData(503, "ServiceUnavailable", FailureKind.Unknown)]
    [InlineData(400, "ValidationError", FailureKind.Permanent)]
    [InlineData(403, "AccessDenied", FailureKind.Permanent)]
    public async Task OfAutoScaling_OnlyWhatSaysThatItWasNotAccepted_MayBeTriedAgain(int status, string code, FailureKind kind)
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Endpoint.Fail("EnterStandby", status, code);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => StandbyAsync(aws.Api));
        Assert.Equal((kind, 1), (e.Kind, aws.Endpoint.Count("EnterStandby")));
    }

    [Fact]
    public async Task AutoScalingWithoutAnAnswer_MayHaveHappened()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelGroup("workers"));
        var instance = aws.Model.Add(new ModelInstance(Id) { Group = "workers" });
        aws.Endpoint.Drop("EnterStandby");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => StandbyAsync(aws.Api));
        Assert.Equal((FailureKind.Unknown, "EnteringStandby"), (e.Kind, instance.Lifecycle));
    }

    [Fact]
    public async Task AReadThatIsThrottled_IsRepeated()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelInstance(Id));
        aws.Endpoint.Fail("DescribeInstances", 503, "RequestLimitExceeded");
        await aws.Api.ReadAsync(
            "read", DateTimeOffset.MaxValue, (c, ct) => c.Ec2.DescribeInstancesAsync(new() { InstanceIds = [Id] }, ct), Token);
        Assert.Equal(2, aws.Endpoint.Count("DescribeInstances"));
    }

    [Fact]
    public async Task WhereNobodyListens_NothingWasDone()
    {
        var api = AwsFixture.ApiAt($"http://127.0.0.1:{FreePort.Take()}");
        var reboot = await Assert.ThrowsAsync<ActionFailedException>(() => RebootAsync(api));
        var standby = await Assert.ThrowsAsync<ActionFailedException>(() => StandbyAsync(api));
        Assert.Equal((FailureKind.Transient, FailureKind.Transient), (reboot.Kind, standby.Kind));
    }

    /// <summary>Some chains ask a service for each set of credentials that they find.</summary>
    [Fact]
    public async Task Credentials_AreFoundOnceForAllClients_AndRenewThemselvesWhenTheyExpire()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelInstance(Id) { Group = "workers" });
        var chain = new CountedChain(aws.Endpoint.Token!);
        var api = AwsFixture.ApiAt(aws.Endpoint.Url, chain);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => ReadAsync(api));
        Assert.Equal((FailureKind.Transient, 1), (e.Kind, chain.Asked));
        chain.HasAny = true;
        await ReadAsync(api);
        await ReadAsync(api);
        await api.ReadAsync(
            "read", DateTimeOffset.MaxValue, (c, ct) => c.AutoScaling.DescribeAutoScalingInstanceAsync(Id, ct), Token);
        await RebootAsync(api);
        Assert.Equal((2, 1), (chain.Asked, chain.Found.Renewed));
        chain.Found.Expire();
        await ReadAsync(api);
        Assert.Equal((2, 2), (chain.Asked, chain.Found.Renewed));
    }

    [Fact]
    public async Task WithoutARegion_ItIsSaidThatThereIsNone()
    {
        var api = new AwsApi(Options.Create(new AwsOptions()), TimeProvider.System);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => RebootAsync(api));
        Assert.Equal("Could not reboot it: no region of AWS is configured; set Aws:Region to change that.", e.Message);
    }

    [Theory]
    [InlineData(
        "eu-central-1", "http://10.0.0.1/", "Aws:Ec2Endpoint is 'http://10.0.0.1/'; expected an https URL (http on this machine alone).")]
    [InlineData(
        "", "https://vpce-1.ec2.eu-central-1.vpce.amazonaws.com",
        "Aws:Region is missing; requests to an endpoint are signed for a region.")]
    [InlineData("Frankfurt 1", "", "Aws:Region is 'Frankfurt 1'; expected the name of a region such as eu-central-1.")]
    [InlineData("eu-central-1", "https://vpce-1.ec2.eu-central-1.vpce.amazonaws.com", null)]
    public void Settings_AreChecked(string region, string endpoint, string? fault) =>
        Assert.Equal(fault, new AwsOptionsValidator().Validate(null, new() { Region = region, Ec2Endpoint = endpoint }).FailureMessage);

    private static Task<DescribeInstancesResponse> ReadAsync(AwsApi api) => api.ReadAsync(
        "read", DateTimeOffset.MaxValue, (c, ct) => c.Ec2.DescribeInstancesAsync(new() { InstanceIds = [Id] }, ct), Token);

    private static Task<RebootInstancesResponse> RebootAsync(AwsApi api) => api.ActAsync(
        "reboot it", DateTimeOffset.MaxValue, (c, ct) => c.Ec2Acts.RebootInstancesAsync(new() { InstanceIds = [Id] }, ct), Token);

    private static Task<string> StandbyAsync(AwsApi api) => api.ActAsync(
        "put it in Standby", DateTimeOffset.MaxValue,
        (c, ct) => c.AutoScaling.ActAsync(new EnterStandbyRequest("workers", Id, true), ct), Token);
}
