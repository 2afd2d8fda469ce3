using Amazon.Runtime.Credentials;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.ConsoleOutput;
using Remediator.Actions.Aws.GrowVolume;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>What EC2 and Systems Manager may answer by their references, and other implementations do.</summary>
public sealed class Ec2AnswersTests
{
    static Ec2AnswersTests() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(AwsFixture).TypeHandle);

    private const string Id = "i-0123456789abcdef0";
    private const string VolumeId = "vol-0123456789abcdef0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A page may be empty and not the last, also where so few were asked for that all would be on one.</summary>
    [Fact]
    public async Task AnInstance_IsFoundOnALaterPage()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Once("POST", "/", Xml(EmptyPage("p+2/=")))
            .Once("POST", "/", Xml("<DescribeInstancesResponse><nextToken>p3</nextToken></DescribeInstancesResponse>"))
            .Once("POST", "/", Xml(Instances($"<instanceId>{Id}</instanceId>")));
        var instance = Assert.Single(await InstancesAsync(endpoint));
        Assert.Equal((Id, null, null), (instance.InstanceId, instance.State, instance.Placement));
        Assert.Equal(3, endpoint.Requests.Count);
        Assert.DoesNotContain("NextToken", endpoint.Requests[0].Body, StringComparison.Ordinal);
        Assert.Contains("NextToken=p%2B2%2F%3D", endpoint.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APageThatNamesItself_IsNotAskedForAgainAndAgain()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = Xml(EmptyPage("again"));
        Assert.Empty(await InstancesAsync(endpoint));
        Assert.Equal(2, endpoint.Requests.Count);
    }

    /// <summary>Nothing but an id: no state, no address, no tags. It is nobody's machine.</summary>
    [Fact]
    public async Task OfWhichNothingIsSaid_NothingIsBelieved()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = Xml(Instances($"<instanceId>{Id}</instanceId><tagSet/><networkInterfaceSet/>"));
        var instance = Assert.Single(await InstancesAsync(endpoint));
        Assert.StartsWith(
            $"instance {Id} has no tag kubernetes.io/cluster/test", Agreement.Doubt(new("", Id), instance, "test", "", ["10.0.0.1"]),
            StringComparison.Ordinal);
        Assert.False(Agreement.IsGone(instance));
    }

    [Theory]
    [InlineData("2026-11-20T08:00:00.000Z")]
    [InlineData("2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20T08:00:00.123456+00:00")]
    public async Task TheLastChangeOfAVolume_IsSeen_HoweverItsTimeIsWritten(string at)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Once("POST", "/", Xml(
            $"""
            <DescribeVolumesResponse><volumeSet><item><volumeId>{VolumeId}</volumeId><size>100</size></item></volumeSet>
            </DescribeVolumesResponse>
            """)).Once("POST", "/", Xml(
            """
            <DescribeVolumesModificationsResponse><volumeModificationSet/><nextToken>2</nextToken>
            </DescribeVolumesModificationsResponse>
            """)).Once("POST", "/", Xml(
            $"""
            <DescribeVolumesModificationsResponse><volumeModificationSet><item><volumeId>{VolumeId}</volumeId>
              <modificationState>completed</modificationState><targetSize>100</targetSize><originalSize>80</originalSize>
              <startTime>{at}</startTime></item></volumeModificationSet></DescribeVolumesModificationsResponse>
            """));
        var seen = await VolumeSight.ReadAsync(AwsFixture.ApiAt(Url(endpoint)), VolumeId, DateTimeOffset.MaxValue, Token);
        Assert.Equal((100, "completed", 20), (seen.GiB, seen.State, seen.Change?.StartTime?.ToUniversalTime().Day));
    }

    /// <summary>
    /// The values are those of EC2's SummaryStatus. Of types that are not on Nitro, volumes are not checked.
    /// </summary>
    [Theory]
    [InlineData("ok", "ok", "ok", null)]
    [InlineData("ok", "ok", null, null)]
    [InlineData("ok", "ok", "not-applicable", null)]
    [InlineData("ok", "ok", "impaired", "EC2's check of its volumes is impaired")]
    [InlineData("ok", "ok", "insufficient-data", "EC2's check of its volumes is insufficient-data")]
    [InlineData("ok", "initializing", "ok", "EC2's check of its instance is initializing")]
    [InlineData("not-applicable", "ok", "not-applicable", "EC2's check of its system is not-applicable")]
    [InlineData(null, "ok", "ok", "EC2's check of its system is unknown")]
    public void Checks_AreOk_WhereEachThatAppliesIs(string? system, string? instance, string? volumes, string? bad) => Assert.Equal(
        bad,
        Seen(new()
        {
            SystemStatus = system is null ? null : new() { Status = system },
            Status = instance is null ? null : new() { Status = instance },
            AttachedEbsStatus = volumes is null ? null : new() { Status = volumes },
        }).BadChecks);

    /// <summary>EC2 describes an event for up to a week after it is over; the machine is on other hardware by then.</summary>
    [Theory]
    [InlineData("instance-retirement", "The instance is running on degraded hardware", "EC2 has announced instance-retirement")]
    [InlineData("instance-stop", null, "EC2 has announced instance-stop")]
    [InlineData("instance-stop", "[Completed] The instance is running on degraded hardware", null)]
    [InlineData("instance-retirement", "[Canceled] The instance is running on degraded hardware", null)]
    [InlineData("system-reboot", "Scheduled reboot", null)]
    public void AnEventThatIsOver_SaysNothingAboutTheHardware(string code, string? description, string? bad) =>
        Assert.Equal(bad, Seen(new() { Events = [new() { Code = code, Description = description }] }).BadHardware);

    private static NodeInstance Seen(Amazon.EC2.Model.InstanceStatus status) =>
        new() { Node = new(), Instance = new() { InstanceId = Id }, Status = status, Member = null, Group = null };

    [Theory]
    [InlineData("aXQgc3RhcnRz", "it starts")]
    [InlineData("aXQg\n  c3RhcnRz\n", "it starts")]
    [InlineData("[    0.000000] Linux version 6.1", "[    0.000000] Linux version 6.1")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void TheConsole_IsRead_HoweverItIsWritten(string? output, string text) =>
        Assert.Equal(text, ConsoleOutputAction.Decode(output));

    /// <summary>Each service has its own words for it.</summary>
    [Theory]
    [InlineData(400, "RequestExpired", FailureKind.Transient)]
    [InlineData(403, "RequestInTheFuture", FailureKind.Transient)]
    [InlineData(503, "RequestLimitExceeded", FailureKind.Transient)]
    [InlineData(503, "Throttling", FailureKind.Transient)]
    [InlineData(500, "InsufficientInstanceCapacity", FailureKind.Transient)]
    [InlineData(401, "AuthFailure", FailureKind.Permanent)]
    [InlineData(400, "UnsupportedOperation", FailureKind.Permanent)]
    [InlineData(400, "IncorrectInstanceState", FailureKind.Transient)]
    [InlineData(500, "InternalError", FailureKind.Unknown)]
    [InlineData(503, "Unavailable", FailureKind.Unknown)]
    public async Task AStartOfEc2_MayBeTriedAgain_WhereItWasCertainlyNotAccepted(int status, string code, FailureKind kind)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(
            status, $"<Response><Errors><Error><Code>{code}</Code></Error></Errors><RequestID>r</RequestID></Response>",
            ContentType: "text/xml");
        await AssertFailsOnceAsync(
            endpoint, kind, (c, ct) => c.Ec2Acts.StartInstancesAsync(new Amazon.EC2.Model.StartInstancesRequest([Id]), ct));
    }

    [Theory]
    [InlineData(403, "ExpiredToken", FailureKind.Transient)]
    [InlineData(400, "RequestExpired", FailureKind.Transient)]
    [InlineData(400, "Throttling", FailureKind.Transient)]
    [InlineData(500, "ResourceContention", FailureKind.Transient)]
    [InlineData(403, "InvalidClientTokenId", FailureKind.Permanent)]
    [InlineData(403, "SignatureDoesNotMatch", FailureKind.Permanent)]
    public async Task AStandbyOfAutoScaling_MayBeTriedAgain_WhereItWasCertainlyNotAccepted(int status, string code, FailureKind kind)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(
            status, $"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>", ContentType: "text/xml");
        await AssertFailsOnceAsync(
            endpoint, kind, (c, ct) => c.AutoScaling.ActAsync(new EnterStandbyRequest("workers", Id, true), ct));
    }

    /// <summary>The code is in the body, with or without its namespace, or in a header alone.</summary>
    [Theory]
    [InlineData(400, "ThrottlingException", FailureKind.Transient)]
    [InlineData(400, "com.amazonaws.ssm#ThrottlingException", FailureKind.Transient)]
    [InlineData(400, "ExpiredTokenException", FailureKind.Transient)]
    [InlineData(400, "InvalidInstanceId", FailureKind.Permanent)]
    [InlineData(400, "AccessDeniedException", FailureKind.Permanent)]
    [InlineData(500, "InternalServerError", FailureKind.Unknown)]
    public async Task ACommandOfSystemsManager_MayBeTriedAgain_WhereItWasCertainlyNotAccepted(int status, string code, FailureKind kind)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(status, $$"""{"__type":"{{code}}","message":"no"}""", ContentType: "application/x-amz-json-1.1");
        await AssertFailsOnceAsync(endpoint, kind, (c, ct) => c.SystemsManagerActs.SendCommandAsync(new("document", [Id]), ct));
    }

    /// <summary>What a proxy, or another implementation that lacks the operation, answers.</summary>
    [Theory]
    [InlineData(404, "Not Found", "text/plain")]
    [InlineData(502, "<html><body><h1>Bad Gateway</h1></body></html>", "text/html")]
    [InlineData(501, "", "application/json")]
    public async Task WhatIsNoAnswerOfTheService_IsSaidByItsStatus(int status, string body, string type)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Otherwise = new(status, body, ContentType: type);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => AwsFixture.ApiAt(Url(endpoint)).ActAsync(
            "stop it", DateTimeOffset.MaxValue,
            (c, ct) => c.Ec2Acts.StopInstancesAsync(new Amazon.EC2.Model.StopInstancesRequest([Id]), ct), Token));
        Assert.Equal((FailureKind.Unknown, $"Could not stop it: HTTP status {status}."), (e.Kind, e.Message));
    }

    private static async Task AssertFailsOnceAsync<T>(
        HttpEndpoint endpoint, FailureKind kind, Func<AwsApi.Clients, CancellationToken, Task<T>> call)
    {
        var api = new AwsApi(
            Options.Create(new AwsOptions
            {
                Region = AwsEndpoint.Region, Ec2Endpoint = Url(endpoint), AutoScalingEndpoint = Url(endpoint),
                SystemsManagerEndpoint = Url(endpoint),
            }),
            TimeProvider.System) { Timeout = TimeSpan.FromMinutes(1), Chain = new DefaultAWSCredentialsIdentityResolver() };
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => api.ActAsync("do it", DateTimeOffset.MaxValue, call, Token));
        Assert.Equal((kind, 1), (e.Kind, endpoint.Requests.Count));
    }

    private static string EmptyPage(string next) =>
        $"<DescribeInstancesResponse><reservationSet/><nextToken>{next}</nextToken></DescribeInstancesResponse>";

    private static Answer Xml(string body) => new(200, body, ContentType: "text/xml");

    private static string Instances(string instance) =>
        $"""
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item>
          {instance}
        </item></instancesSet></item></reservationSet></DescribeInstancesResponse>
        """;

    private static Task<IReadOnlyList<Amazon.EC2.Model.Instance>> InstancesAsync(HttpEndpoint endpoint) =>
        AwsFixture.ApiAt(Url(endpoint)).InstancesAsync("read", DateTimeOffset.MaxValue, new() { InstanceIds = [Id] }, Token);

    private static string Url(HttpEndpoint endpoint) => endpoint.Url.AbsoluteUri.TrimEnd('/');
}
