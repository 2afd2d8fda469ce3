using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Kubernetes.RolloutRestart;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.Workloads;

/// <summary>What goes over the wire when a workload is changed, and what each answer means.</summary>
public sealed class WorkloadWriteTests : IAsyncLifetime
{
    private const string Path = TestWorkloads.DeploymentPath;

    private static readonly ActionPlan Plan = new()
    {
        Summary = "restart",
        Preconditions = new Dictionary<string, string> { ["uid"] = "uid-of-api", ["generation"] = "4" },
    };

    private readonly FakeTimeProvider _time = new(TestPods.Now);
    private HttpEndpoint? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private ClusterApi Api => new(() => Server.Client(), _time);

    public async ValueTask InitializeAsync()
    {
        _server = await HttpEndpoint.StartAsync();
        _server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task APatch_TestsWhatWasSeen_BeforeItChangesAnything()
    {
        Server.Always("PATCH", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
        await RestartAsync();

        var request = Assert.Single(Server.Of("PATCH", Path));
        Assert.StartsWith("application/json-patch+json", request.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("fieldManager=remediator", request.Query, StringComparison.Ordinal);
        Assert.Equal(JsonNode.Parse("""
            [
              {"op":"test","path":"/metadata/uid","value":"uid-of-api"},
              {"op":"test","path":"/metadata/generation","value":4},
              {"op":"test","path":"/spec/template/metadata/annotations","value":null},
              {"op":"add","path":"/spec/template/metadata/annotations","value":{"remediator.io/restarted-at":"2026-11-23T03:00:00Z","remediator.io/action-id":"act-1"}},
              {"op":"test","path":"/metadata/annotations","value":null},
              {"op":"add","path":"/metadata/annotations","value":{"remediator.io/action-id":"act-1"}}
            ]
            """)!.ToJsonString(), JsonNode.Parse(request.Body)!.ToJsonString());
    }

    [Fact]
    public async Task AnnotationsThatAreThere_AreAddedTo_NotReplaced()
    {
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment("""{"owner":"a"}""")));
        Server.Always("PATCH", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
        await RestartAsync();
        Assert.Contains(
            """{"op":"add","path":"/metadata/annotations/remediator.io~1action-id","value":"act-1"}""",
            Assert.Single(Server.Of("PATCH", Path)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFaultAfterTheWrite_IsUnknown()
    {
        Server.Always("PATCH", Path, ApiAnswers.Failure(500, "InternalError", "etcdserver: request timed out"));
        Assert.Equal(FailureKind.Unknown, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task AnAnswerThatCannotBeRead_IsUnknown()
    {
        Server.Always("PATCH", Path, new(200, "{\"kind\":\"Depl"));
        Assert.Equal(FailureKind.Unknown, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task NoAnswer_IsUnknown()
    {
        Server.Always("PATCH", Path, ApiAnswers.Hang);
        var restart = RestartAsync();
        await Server.NextAsync("PATCH", Path, 1, Token);
        _time.Advance(ClusterApi.CallTimeout);
        Assert.Equal(FailureKind.Unknown, (await Assert.ThrowsAsync<ActionFailedException>(() => restart)).Kind);
    }

    [Fact]
    public async Task AConflict_IsTransient_ForNothingWasWritten()
    {
        Server.Always("PATCH", Path, ApiAnswers.Failure(409, "Conflict", "the object has been modified"));
        Assert.Equal(FailureKind.Transient, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task AServerThatIsNotThere_IsTransient()
    {
        var nowhere = new ClusterApi(() => new k8s.Kubernetes(new() { Host = "http://127.0.0.1:1" }), _time);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() =>
            new RolloutRestartAction(nowhere, new(nowhere)).ApplyAsync(
                Requests.For(new RolloutRestartInput(), kind: "deployment"), Plan, Token));
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.StartsWith("Could not read deployment shop/api: the API server cannot be reached", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATestThatFailsInThePatch_IsSomebodyElsesChange()
    {
        Server.Once("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment(limit: "80Mi", generation: 5)));
        Server.Always("PATCH", Path, ApiAnswers.Failure(422, "Invalid", "testing path /metadata/generation value failed: test failed"));
        var e = await FailureAsync();
        Assert.Equal(
            (FailureKind.Permanent, "The deployment shop/api was changed by somebody else after this was planned; nothing was done."),
            (e.Kind, e.Message));
    }

    /// <summary>A scaler has changed the replicas between the look and the write; another time somebody the template, or a pause.</summary>
    [Theory]
    [InlineData("""{"replicas":5}""", true)]
    [InlineData("""{"replicas":5,"paused":true}""", false)]
    [InlineData("""{"template":{"spec":{"containers":[{"name":"main","image":"api:2"}]}}}""", false)]
    public async Task WriteThatMeetsAnotherGeneration_IsBuiltAnew_WhereTheTemplateIsAsItWas(string spec, bool isDone)
    {
        Server.Once("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment(spec: spec, generation: 5)));
        Server.Once("PATCH", Path, ApiAnswers.Failure(422, "Invalid", "testing path /metadata/generation value failed: test failed"));
        Server.Always("PATCH", Path, ApiAnswers.Found(TestWorkloads.Deployment(generation: 6)));
        if (!isDone)
        {
            Assert.Equal(FailureKind.Permanent, (await FailureAsync()).Kind);
            Assert.Single(Server.Of("PATCH", Path));
            return;
        }

        await RestartAsync();
        var writes = Server.Of("PATCH", Path);
        Assert.Equal(2, writes.Count);
        Assert.Contains("""{"op":"test","path":"/metadata/generation","value":5}""", writes[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnObjectThatIsNotValid_IsToldAsTheServerTellsIt()
    {
        Server.Always("PATCH", Path, ApiAnswers.Failure(422, "Invalid", "Deployment.apps \"api\" is invalid: spec: too odd"));
        var e = await FailureAsync();
        Assert.Equal(
            (
                FailureKind.Permanent,
                "Could not patch deployment shop/api: the API server answered 422 (Deployment.apps \"api\" is invalid: spec: too odd)."),
            (e.Kind, e.Message));
    }

    [Fact]
    public async Task AnotherObjectOfThatName_IsLeftAlone()
    {
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment().With(d => d["metadata"]!["uid"] = "uid-of-the-next-api")));
        Assert.Equal(FailureKind.Permanent, (await FailureAsync()).Kind);
        Assert.Empty(Server.Of("PATCH", Path));
    }

    [Fact]
    public async Task WhatCarriesThisActionsMark_IsNotChangedAgain()
    {
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment("""{"remediator.io/action-id":"act-1"}""", generation: 5)));
        Assert.Equal("deployment shop/api was restarted by this action already.", (await RestartAsync()).Message);
        Assert.Empty(Server.Of("PATCH", Path));
    }

    [Theory]
    [InlineData("""{"remediator.io/action-id":"act-1"}""", ProbeAnswer.Happened)]
    [InlineData("""{"remediator.io/action-id":"act-0"}""", ProbeAnswer.DidNotHappen)]
    [InlineData("{}", ProbeAnswer.DidNotHappen)]
    public async Task AProbe_LooksForThisActionsMark(string annotations, ProbeAnswer expected)
    {
        Server.Always("GET", Path, ApiAnswers.Found(TestWorkloads.Deployment(annotations)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(expected, (await Restart.ProbeAsync(Requests.For(new RolloutRestartInput(), kind: "deployment"), Plan, Token)).Answer);
    }

    [Fact]
    public async Task AProbe_OfWhatIsGone_KnowsNothing()
    {
        Server.Always("GET", Path, ApiAnswers.Failure(404, "NotFound", "deployments.apps \"api\" not found"));
        Assert.Equal(
            ProbeAnswer.Unknown,
            (await Restart.ProbeAsync(Requests.For(new RolloutRestartInput(), kind: "deployment"), Plan, Token)).Answer);
    }

    [Fact]
    public async Task ARaisedLimit_TestsTheVeryField()
    {
        Server.Always(
            "GET", Path, ApiAnswers.Found(TestWorkloads.Deployment("""{"remediator.io/raise-memory-limit":"1Gi"}""", generation: 9)));
        Server.Always("PATCH", Path, ApiAnswers.Found(TestWorkloads.Deployment()));
        var plan = new ActionPlan
        {
            Summary = "raise",
            Preconditions = new Dictionary<string, string> { ["uid"] = "uid-of-api" },
            Parameters = new Dictionary<string, string> { ["raises"] = """[{"index":3,"container":"main","from":"64Mi","to":"80Mi"}]""" },
        };
        await new RaiseMemoryLimitAction(Api, new(Api)).ApplyAsync(
            Requests.For(new RaiseMemoryLimitInput(), kind: "deployment"), plan, Token);

        var patch = JsonNode.Parse(Assert.Single(Server.Of("PATCH", Path)).Body)!.AsArray();
        Assert.Equal(
        [
            """{"op":"test","path":"/metadata/uid","value":"uid-of-api"}""",
            """{"op":"test","path":"/spec/template/spec/containers/0/name","value":"main"}""",
            """{"op":"test","path":"/spec/template/spec/containers/0/resources/limits/memory","value":"64Mi"}""",
            """{"op":"replace","path":"/spec/template/spec/containers/0/resources/limits/memory","value":"80Mi"}""",
        ], patch.Take(4).Select(o => o!.ToJsonString()));
    }

    [Theory]
    [InlineData("another-uid", "")]
    [InlineData("uid-of-api", "act-1-undone")]
    public async Task LimitOfAnotherOfThatName_OrThatWasPutBackAlready_IsNotLowered(string uid, string mark)
    {
        Server.Always(
            "GET",
            Path,
            ApiAnswers.Found(TestWorkloads.Deployment($$"""{"remediator.io/action-id":"{{mark}}"}""", limit: "80Mi")
                .With(d => d["metadata"]!["uid"] = uid)));
        var plan = new ActionPlan
        {
            Summary = "raise",
            Preconditions = new Dictionary<string, string> { ["uid"] = "uid-of-api" },
            Parameters = new Dictionary<string, string> { ["raises"] = """[{"index":0,"container":"main","from":"64Mi","to":"80Mi"}]""" },
        };
        var action = new RaiseMemoryLimitAction(Api, new(Api));
        var undo = action.UndoAsync(Requests.For(new RaiseMemoryLimitInput(), kind: "deployment"), plan, Token);

        if (mark.Length > 0)
            Assert.Equal("The limit of deployment shop/api was put back by this action already.", (await undo).Message);
        else
            Assert.Equal(
                "The deployment shop/api whose limit was raised no longer exists, and another one has its name; it is left as it is.",
                (await Assert.ThrowsAsync<ActionFailedException>(() => undo)).Message);
        Assert.Empty(Server.Of("PATCH", Path));
    }

    private RolloutRestartAction Restart => new(Api, new(Api));

    private Task<ActionOutcome> RestartAsync() =>
        Restart.ApplyAsync(Requests.For(new RolloutRestartInput(), kind: "deployment"), Plan, Token);

    private async Task<ActionFailedException> FailureAsync() => await Assert.ThrowsAsync<ActionFailedException>(RestartAsync);
}
