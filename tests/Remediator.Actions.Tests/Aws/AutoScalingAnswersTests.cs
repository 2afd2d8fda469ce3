using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>What other implementations, gateways and proxies answer in the place of EC2 Auto Scaling.</summary>
public sealed class AutoScalingAnswersTests
{
    private const string Id = "i-0123456789abcdef0";
    private const string Page = "<html><body><h1>Bad Gateway</h1><p>no answer from upstream<br></body></html>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A boolean in XML may be a digit; some write it as their language does.</summary>
    [Theory]
    [InlineData("<ProtectedFromScaleIn>true</ProtectedFromScaleIn>", true)]
    [InlineData("<ProtectedFromScaleIn>True</ProtectedFromScaleIn>", true)]
    [InlineData("<ProtectedFromScaleIn>\n  1\n</ProtectedFromScaleIn>", true)]
    [InlineData("<ProtectedFromScaleIn>False</ProtectedFromScaleIn>", false)]
    [InlineData("<ProtectedFromScaleIn>0</ProtectedFromScaleIn>", false)]
    [InlineData("<ProtectedFromScaleIn/>", false)]
    [InlineData("", false)]
    public async Task WhatProtectsAnInstance_IsSeen_HoweverItIsWritten(string element, bool isProtected)
    {
        await using var endpoint = await AnsweringAsync(Member(element));
        Assert.Equal(isProtected, (await MemberAsync(endpoint))?.ProtectedFromScaleIn);
    }

    [Fact]
    public async Task ABooleanThatIsNone_DecidesNothing()
    {
        await using var endpoint = await AnsweringAsync(Member("<ProtectedFromScaleIn>perhaps</ProtectedFromScaleIn>"));
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => MemberAsync(endpoint));
        Assert.Equal(FailureKind.Transient, e.Kind);
    }

    /// <summary>No namespace, indented, elements that are new or not there, lists that are empty or left out.</summary>
    [Fact]
    public async Task AGroup_IsRead_WithTheLeastThatIsSaidOfIt()
    {
        await using var endpoint = await AnsweringAsync(
            """
            <?xml version="1.0"?>
            <DescribeAutoScalingGroupsResponse>
              <DescribeAutoScalingGroupsResult>
                <AutoScalingGroups>
                  <member>
                    <Tomorrow><Instances><member/></Instances></Tomorrow>
                    <AutoScalingGroupName>workers</AutoScalingGroupName>
                    <MinSize>1</MinSize>
                    <MaxSize> 4 </MaxSize>
                    <DesiredCapacity>2</DesiredCapacity>
                    <Instances/>
                  </member>
                </AutoScalingGroups>
                <NextToken>
                </NextToken>
              </DescribeAutoScalingGroupsResult>
            </DescribeAutoScalingGroupsResponse>
            """);
        var group = await ReadAsync(endpoint, (c, ct) => c.AutoScaling.DescribeAutoScalingGroupAsync("workers", ct));
        Assert.NotNull(group);
        Assert.Equal(
            (1, 4, 2, "", "", false, false),
            (group.MinSize, group.MaxSize, group.DesiredCapacity, group.HealthCheckType, group.Status, group.HasMixedInstances,
                group.ReusesInstances));
        Assert.Empty(group.AvailabilityZones.Concat(group.SuspendedProcesses).Concat(group.InstanceIds));
        Assert.Single(endpoint.Requests);
    }

    /// <summary>The same token again would be asked for without end.</summary>
    [Fact]
    public async Task APageThatNamesItself_IsNotAskedForAgainAndAgain()
    {
        await using var endpoint = await AnsweringAsync(Member("", "<NextToken>again</NextToken>"));
        Assert.Equal(Id, (await MemberAsync(endpoint))?.InstanceId);
        Assert.Equal(2, endpoint.Requests.Count);
    }

    [Theory]
    [InlineData(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")]
    [InlineData(500, "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>")]
    [InlineData(503, "")]
    [InlineData(502, Page)]
    [InlineData(429, "slow down")]
    public async Task AReadThatFailsForAMoment_IsRepeated(int status, string body)
    {
        await using var endpoint = await AnsweringAsync(Member(""));
        endpoint.Once("POST", "/", new(status, body)).Once("POST", "/", new(status, body));
        Assert.Equal(Id, (await MemberAsync(endpoint))?.InstanceId);
        Assert.Equal(3, endpoint.Requests.Count);
    }

    [Theory]
    [InlineData(400, "<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>")]
    [InlineData(403, "<Response><Errors><Error><Code>AccessDenied</Code></Error></Errors></Response>")]
    public async Task AReadThatIsRefused_IsNotRepeated(int status, string body)
    {
        await using var endpoint = await AnsweringAsync(Member(""));
        endpoint.Once("POST", "/", new(status, body));
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => MemberAsync(endpoint));
        Assert.Equal((FailureKind.Permanent, 1), (e.Kind, endpoint.Requests.Count));
    }

    /// <summary>Refused for certain, only by a word of the service; whatever else may have come after it was accepted.</summary>
    [Theory]
    [InlineData(
        400,
        "<Response><Errors><Error><Code>ValidationError</Code><Message>no</Message></Error></Errors><RequestID>r-1</RequestID></Response>",
        FailureKind.Permanent, "AWS answered 400 ValidationError (no; request r-1)")]
    [InlineData(
        503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors><RequestID>r-1</RequestID></Response>",
        FailureKind.Transient, "AWS answered 503 RequestLimitExceeded (HTTP status 503; request r-1)")]
    [InlineData(
        400,
        "<ErrorResponse><Error><Code>Throttling</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
        FailureKind.Transient, "AWS answered 400 Throttling (no; request r-1)")]
    [InlineData(502, Page, FailureKind.Unknown, "HTTP status 502")]
    [InlineData(503, "", FailureKind.Unknown, "HTTP status 503")]
    [InlineData(429, "slow down", FailureKind.Unknown, "HTTP status 429")]
    [InlineData(403, Page, FailureKind.Unknown, "HTTP status 403")]
    [InlineData(200, Page, FailureKind.Unknown, "the answer to EnterStandby is not one of EC2 Auto Scaling")]
    [InlineData(200, "", FailureKind.Unknown, "the answer to EnterStandby is not one of EC2 Auto Scaling")]
    public async Task AnAct_IsSentOnce_WhateverIsAnswered(int status, string body, FailureKind kind, string said)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(status, body, ContentType: "text/html");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => StandbyAsync(AwsFixture.ApiAt(Url(endpoint))));
        Assert.Equal(
            (kind, $"Could not put it in Standby: {said}.", 1), (e.Kind, e.Message, endpoint.Requests.Count));
    }

    /// <summary>With the headers goes the token of the session.</summary>
    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task AnotherAddress_IsNotGoneTo(int status)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(status, "", new Dictionary<string, string> { ["Location"] = $"{Url(endpoint)}/elsewhere" });
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => StandbyAsync(AwsFixture.ApiAt(Url(endpoint))));
        Assert.Equal((FailureKind.Unknown, "/"), (e.Kind, string.Join(' ', endpoint.Requests.Select(r => r.Path))));
    }

    [Theory]
    [InlineData("eu-central-1", "https://autoscaling.eu-central-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://autoscaling.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", "https://autoscaling.us-gov-west-1.amazonaws.com/")]
    [InlineData("us-iso-east-1", "https://autoscaling.us-iso-east-1.c2s.ic.gov/")]
    [InlineData("eusc-de-east-1", "https://autoscaling.eusc-de-east-1.amazonaws.eu/")]
    public void EachPartition_HasItsDomain(string region, string endpoint) =>
        Assert.Equal(endpoint, AutoScalingEndpoint.Of(region, "", _ => null).AbsoluteUri);

    [Theory]
    [InlineData("http://set/", "http://own", "http://all", null, "http://set/")]
    [InlineData("", "http://own", "http://all", null, "http://own/")]
    [InlineData("", null, "http://all", null, "http://all/")]
    [InlineData("", "http://own", "http://all", "True", "https://autoscaling.eu-central-1.amazonaws.com/")]
    public void NearestWord_SaysWhereItIs(string setting, string? own, string? all, string? ignored, string endpoint) => Assert.Equal(
        endpoint,
        AutoScalingEndpoint.Of("eu-central-1", setting, name => name switch
        {
            "AWS_ENDPOINT_URL_AUTO_SCALING" => own,
            "AWS_ENDPOINT_URL" => all,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" => ignored,
            _ => null,
        }).AbsoluteUri);

    /// <summary>Both or none: half of what is done must not go to another world.</summary>
    [Fact]
    public async Task EndpointsOfTheEnvironment_HoldForBothServices()
    {
        await using var aws = await AwsFixture.StartAsync();
        aws.Model.Add(new ModelGroup("workers"));
        aws.Model.Add(new ModelInstance(Id) { Group = "workers" });
        var api = new AwsApi(Options.Create(new AwsOptions { Region = AwsEndpoint.Region }), TimeProvider.System)
            { Timeout = TimeSpan.FromMinutes(1) };
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", aws.Endpoint.Url);
        try
        {
            var answer = await api.ReadAsync(
                "read", DateTimeOffset.MaxValue, (c, ct) => c.Ec2.DescribeInstancesAsync(new() { InstanceIds = [Id] }, ct), Token);
            Assert.Single(answer.Reservations);
            var member = await api.ReadAsync(
                "read", DateTimeOffset.MaxValue, (c, ct) => c.AutoScaling.DescribeAutoScalingInstanceAsync(Id, ct), Token);
            Assert.Equal("workers", member?.AutoScalingGroupName);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", null);
        }
    }

    private static string Url(HttpEndpoint endpoint) => endpoint.Url.AbsoluteUri.TrimEnd('/');

    private static async Task<HttpEndpoint> AnsweringAsync(string body)
    {
        var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(200, body, ContentType: "text/xml");
        return endpoint;
    }

    private static string Member(string element, string after = "") =>
        $"""
        <DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
          <DescribeAutoScalingInstancesResult><AutoScalingInstances><member>
            <InstanceId>{Id}</InstanceId><AutoScalingGroupName>workers</AutoScalingGroupName>{element}
          </member></AutoScalingInstances>{after}</DescribeAutoScalingInstancesResult>
        </DescribeAutoScalingInstancesResponse>
        """;

    private static Task<AutoScalingInstanceDetails?> MemberAsync(HttpEndpoint endpoint) =>
        ReadAsync(endpoint, (c, ct) => c.AutoScaling.DescribeAutoScalingInstanceAsync(Id, ct));

    private static Task<T> ReadAsync<T>(HttpEndpoint endpoint, Func<AwsApi.Clients, CancellationToken, Task<T>> call) =>
        AwsFixture.ApiAt(Url(endpoint)).ReadAsync("read", DateTimeOffset.MaxValue, call, Token);

    private static Task<string> StandbyAsync(AwsApi api) => api.ActAsync(
        "put it in Standby", DateTimeOffset.MaxValue,
        (c, ct) => c.AutoScaling.ActAsync(new EnterStandbyRequest("workers", Id, true), ct), Token);
}
