using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.WorkloadReady;

public sealed class WorkloadReadyTests : IAsyncLifetime
{
    private HttpEndpoint? _server;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    public async ValueTask InitializeAsync() => _server = await HttpEndpoint.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Theory]
    [InlineData(
        """{"replicas":3}""", """{"observedGeneration":4,"replicas":3,"updatedReplicas":3,"readyReplicas":3}""",
        "3 of 3 ready, all of the newest revision")]
    [InlineData(
        """{"replicas":3}""", """{"observedGeneration":3,"replicas":3,"updatedReplicas":3,"readyReplicas":3}""",
        "the controller has not yet seen the newest specification")]
    [InlineData("""{"replicas":0}""", """{"observedGeneration":4}""", "it is scaled to 0")]
    [InlineData(
        """{"replicas":3}""", """{"observedGeneration":4,"replicas":3,"updatedReplicas":2,"readyReplicas":3}""",
        "2 of 3 are of the newest revision")]
    [InlineData(
        """{"replicas":3}""", """{"observedGeneration":4,"replicas":4,"updatedReplicas":3,"readyReplicas":3}""",
        "1 of an old revision remain")]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":4,"replicas":3,"updatedReplicas":3,"readyReplicas":2}""", "2 of 3 ready")]
    [InlineData(
        """{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}}""",
        """{"observedGeneration":4,"replicas":3,"updatedReplicas":1,"readyReplicas":3}""", "3 of 3 ready, all of the newest revision")]
    [InlineData(
        """{"replicas":3,"updateStrategy":{"type":"OnDelete"}}""",
        """{"observedGeneration":4,"replicas":3,"updatedReplicas":0,"readyReplicas":3}""", "3 of 3 ready, all of the newest revision")]
    public async Task AStatefulSet_IsReady_OnlyWhenAllOfItIs(string spec, string status, string observed)
    {
        Arrange(spec, status, TestPods.Running("api-0"));
        var result = await CheckAsync();
        Assert.Equal((observed.StartsWith("3 of 3 ready", StringComparison.Ordinal), observed), (result.Good, result.Observed));
    }

    [Fact]
    public async Task AContainerInBackOff_IsNotReady_WhateverTheCountsSay()
    {
        Arrange(
            """{"replicas":1}""", """{"observedGeneration":4,"replicas":1,"updatedReplicas":1,"readyReplicas":1}""",
            TestPods.Crashing("api-0", 2));
        Assert.Equal(
            new CheckResult(false, "container main of pod api-0 waits: CrashLoopBackOff", "2 restarts; uid-of-api-0"), await CheckAsync());
    }

    [Fact]
    public async Task ARestart_ChangesTheStability_AndAPodThatIsGoingAwayDoesNot()
    {
        const string Ready = """{"observedGeneration":4,"replicas":1,"updatedReplicas":1,"readyReplicas":1}""";
        Arrange("""{"replicas":1}""", Ready, TestPods.Running("api-0"));
        var before = await CheckAsync();
        Arrange(
            """{"replicas":1}""",
            Ready,
            TestPods.Running("api-0"),
            TestPods.Running("api-1").With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime));
        Assert.Equal(before.Stability, (await CheckAsync()).Stability);
        Arrange("""{"replicas":1}""", Ready, TestPods.Running("api-0").With(p => p.Status.ContainerStatuses[0].RestartCount = 1));
        Assert.NotEqual(before.Stability, (await CheckAsync()).Stability);
    }

    [Fact]
    public async Task AWorkloadThatIsGone_IsNotReady()
    {
        Server.Always("GET", Path, ApiAnswers.Failure(404, "NotFound", "gone"));
        Assert.Equal(new CheckResult(false, "statefulset shop/api does not exist."), await CheckAsync());
    }

    [Fact]
    public async Task AnApiServerThatFails_IsNotAnswerAboutTheWorkload()
    {
        Server.Always("GET", Path, ApiAnswers.Failure(503, "ServiceUnavailable", "starting"));
        Assert.Equal(FailureKind.Transient, (await Assert.ThrowsAsync<ActionFailedException>(CheckAsync)).Kind);
    }

    private const string Path = "/apis/apps/v1/namespaces/shop/statefulsets/api";

    private void Arrange(string spec, string status, params k8s.Models.V1Pod[] pods)
    {
        Server.Always("GET", Path, ApiAnswers.Found(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "api", ["namespace"] = "shop", ["uid"] = "uid-of-api", ["generation"] = 4 },
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = JsonNode.Parse(status),
        }));
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(pods));
    }

    private Task<CheckResult> CheckAsync()
    {
        var api = new ClusterApi(() => Server.Client(), new FakeTimeProvider(TestPods.Now));
        return new WorkloadReadyAction(api, new(api)).CheckAsync(Requests.For(new WorkloadReadyInput()), TestContext.Current.CancellationToken);
    }
}
