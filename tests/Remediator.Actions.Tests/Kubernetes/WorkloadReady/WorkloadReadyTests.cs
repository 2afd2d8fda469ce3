using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
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
        var result = await CheckAsync();
        Assert.Equal((false, false, "container main of pod api-0 waits: CrashLoopBackOff"), (result.Good, result.Open, result.Observed));
    }

    [Fact]
    public async Task AContainerThatEnded_IsSeen_AndAPodThatIsGoingAwaySaysNothing()
    {
        const string Ready = """{"observedGeneration":4,"replicas":1,"updatedReplicas":1,"readyReplicas":1}""";
        Arrange("""{"replicas":1}""", Ready, TestPods.Running("api-0"), Ended("api-1", 137).With(
            p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime));
        Assert.Null((await CheckAsync()).EndedAt);
        Arrange("""{"replicas":1}""", Ready, Ended("api-0", 0));
        Assert.Equal((true, TestPods.Now.AddMinutes(-1)), ((await CheckAsync()).Good, (await CheckAsync()).EndedAt));
    }

    [Fact]
    public async Task LeastRestarts_AreThoseOfThePodThatRestartedLeast()
    {
        const string Status = """{"observedGeneration":4,"replicas":2,"updatedReplicas":2,"readyReplicas":0}""";
        Arrange("""{"replicas":2}""", Status, TestPods.Crashing("api-0", 7), TestPods.Crashing("api-1", 2), Ended("api-2", 1).With(
            p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime));
        Assert.Equal(2, (await CheckAsync()).LeastRestarts);
        Arrange("""{"replicas":2}""", Status);
        Assert.Null((await CheckAsync()).LeastRestarts);
    }

    [Theory]
    [InlineData(1, true, "2 of 3 ready")]
    [InlineData(9, true, "2 of 3 ready")]
    [InlineData(11, false, "2 of 3 ready: pod api-2 is not, and its time to start is over")]
    public async Task APodThatStarts_IsNotToBeSeenYet_UntilItsTimeIsOver(int minutes, bool open, string observed)
    {
        Arrange(
            """{"replicas":3,"minReadySeconds":15}""", """{"observedGeneration":4,"replicas":3,"updatedReplicas":3,"readyReplicas":2}""",
            TestPods.Running("api-0"), TestPods.Running("api-1"), Starting("api-2", minutes));
        var result = await CheckAsync();
        Assert.Equal((false, open, observed), (result.Good, result.Open, result.Observed));
        Assert.Equal(TimeSpan.FromSeconds(15 + 30), result.Needs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task APodThatIsBeingMade_IsNotToBeSeenYet_HoweverLongItsNodeTakes(bool reported)
    {
        Arrange(
            """{"replicas":2}""", """{"observedGeneration":4,"replicas":2,"updatedReplicas":2,"readyReplicas":1}""",
            TestPods.Running("api-0"), TestPods.Waiting("api-1", "ContainerCreating").With(p =>
            {
                if (!reported)
                    p.Status.ContainerStatuses = null;
            }));
        var result = await CheckAsync();
        Assert.Equal((true, "1 of 2 ready"), (result.Open, result.Observed));
    }

    [Fact]
    public async Task AStartUpProbe_GivesItsPodMoreTime()
    {
        Arrange(
            """{"replicas":1}""", """{"observedGeneration":4,"replicas":1,"updatedReplicas":1,"readyReplicas":0}""",
            Starting("api-0", 18).With(p => p.Spec.Containers[0].StartupProbe = new() { PeriodSeconds = 20, FailureThreshold = 60 }));
        var result = await CheckAsync();
        Assert.Equal((true, TimeSpan.FromSeconds(1200 + 30)), (result.Open, result.Needs));
    }

    [Theory]
    [InlineData("""{"replicas":0}""", """{"observedGeneration":4}""", true)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":4,"replicas":3,"updatedReplicas":1,"readyReplicas":3}""", false)]
    public async Task ARollout_AndNothingAtAll_AreNotToBeSeenYet(string spec, string status, bool nothing)
    {
        Arrange(spec, status);
        var result = await CheckAsync();
        Assert.Equal((false, true, nothing), (result.Good, result.Open, result.Nothing));
    }

    [Fact]
    public async Task ALeak_HasToBeGoodForTwiceTheTimeThatItTook()
    {
        Arrange(
            """{"replicas":1}""",
            """{"observedGeneration":4,"replicas":1,"updatedReplicas":1,"readyReplicas":1}""",
            TestPods.Running("api-0"));
        var facts = new FactView(1, TestPods.Now, [Fact.Parse("""evidence{oom_after_seconds="7200"}""")]);
        Assert.Equal(TimeSpan.FromHours(4), (await CheckAsync(facts: facts)).StableFor);
    }

    [Theory]
    [InlineData("rev-2", "rev-2", true, "2 of 2 ready, all of the newest revision")]
    [InlineData("rev-2", "rev-1", false, "1 of 2 are of the newest revision")]
    public async Task C05_DaemonSetBesideADeadNode_IsJudgedOnTheNodesThatLive(string first, string second, bool good, string observed)
    {
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/daemonsets/api", ApiAnswers.Found(JsonNode.Parse(
            """
            {"metadata":{"name":"api","namespace":"shop","uid":"uid-of-api","generation":4},"spec":{"updateStrategy":{"type":"RollingUpdate"}},
             "status":{"observedGeneration":4,"desiredNumberScheduled":3,"currentNumberScheduled":3,"updatedNumberScheduled":2,"numberReady":2}}
            """)!.AsObject()));
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(
            OnNode("api-a", "h0", first), OnNode("api-b", "h1", second),
            OnNode("api-c", "h2", "rev-1").With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime)));
        Server.Always("GET", "/api/v1/nodes/h2", ApiAnswers.Found(JsonNode.Parse(
            """{"metadata":{"name":"h2"},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}""")!.AsObject()));
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/controllerrevisions", ApiAnswers.Found(JsonNode.Parse(
            """
            {"items":[{"metadata":{"name":"r1","labels":{"controller-revision-hash":"rev-1"},"ownerReferences":[{"controller":true,"uid":"uid-of-api"}]},"revision":1},
                      {"metadata":{"name":"r2","labels":{"controller-revision-hash":"rev-2"},"ownerReferences":[{"controller":true,"uid":"uid-of-api"}]},"revision":2}]}
            """)!.AsObject()));
        var result = await CheckAsync("daemonset");
        Assert.Equal(
            (good, $"{observed}; on h2, which is not ready, it cannot be seen and is left out"), (result.Good, result.Observed));
    }

    /// <summary>
    /// kubernetes/test-infra PR 31706 (silent nodes), kubernetes/kubernetes #63465 (a pod that hangs on a dead one), openshift's
    /// cluster-cloud-controller-manager-operator PR 488 (nodes that are restarted): what a node says itself counts.
    /// </summary>
    [Theory]
    [InlineData(
        "gone", true, false, "2 of 2 ready, all of the newest revision; on h2, which is not ready, it cannot be seen and is left out")]
    [InlineData(
        "silent", true, false, "2 of 2 ready, all of the newest revision; on h2, which is not ready, it cannot be seen and is left out")]
    [InlineData("says so itself", false, true, "2 of 3 are of the newest revision")]
    [InlineData("all silent", false, true, "it can be seen nowhere; on h0, h1, h2, which are not ready, it cannot be seen and is left out")]
    public async Task DaemonSet_WhereANodeCannotBeSeen_IsJudgedOnWhatCan(string node, bool good, bool open, string observed)
    {
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/daemonsets/api", ApiAnswers.Found(JsonNode.Parse(
            """
            {"metadata":{"name":"api","namespace":"shop","uid":"uid-of-api","generation":4},"spec":{"updateStrategy":{"type":"RollingUpdate"}},
             "status":{"observedGeneration":4,"desiredNumberScheduled":3,"currentNumberScheduled":3,"updatedNumberScheduled":2,"numberReady":2}}
            """)!.AsObject()));
        var all = node == "all silent";
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(
            Ready(OnNode("api-a", "h0", "rev-2"), !all), Ready(OnNode("api-b", "h1", "rev-2"), !all),
            Ready(OnNode("api-c", "h2", "rev-1"), false)));
        foreach (var name in new[] { "h0", "h1", "h2" })
            Server.Always("GET", $"/api/v1/nodes/{name}", node == "gone"
                ? ApiAnswers.Failure(404, "NotFound", "gone")
                : ApiAnswers.Found(new JsonObject
                {
                    ["metadata"] = new JsonObject { ["name"] = name },
                    ["status"] = new JsonObject
                    {
                        ["conditions"] = new JsonArray(new JsonObject
                        {
                            ["type"] = "Ready", ["status"] = node == "says so itself" ? "False" : "Unknown",
                        }),
                    },
                }));
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/controllerrevisions", ApiAnswers.Found(JsonNode.Parse(
            """
            {"items":[{"metadata":{"name":"r2","labels":{"controller-revision-hash":"rev-2"},"ownerReferences":[{"controller":true,"uid":"uid-of-api"}]},"revision":2}]}
            """)!.AsObject()));
        var result = await CheckAsync("daemonset");
        Assert.Equal((good, open, observed), (result.Good, result.Open, result.Observed));
    }

    private static k8s.Models.V1Pod Ready(k8s.Models.V1Pod pod, bool ready) => pod.With(p =>
    {
        p.Status.Conditions[0].Status = ready ? "True" : "False";
        p.Status.ContainerStatuses[0].Ready = ready;
    });

    private static k8s.Models.V1Pod OnNode(string name, string node, string revision) => TestPods.Running(name).With(p =>
    {
        p.Spec.NodeName = node;
        p.Metadata.Labels = new Dictionary<string, string> { ["controller-revision-hash"] = revision };
        p.Metadata.OwnerReferences[0].Kind = "DaemonSet";
    });

    private static k8s.Models.V1Pod Starting(string name, int minutes) => TestPods.Running(name).With(p =>
    {
        p.Metadata.CreationTimestamp = TestPods.Now.UtcDateTime.AddMinutes(-minutes);
        p.Status.Conditions[0].Status = "False";
        p.Status.ContainerStatuses[0].Ready = false;
        p.Status.ContainerStatuses[0].State.Running.StartedAt = TestPods.Now.UtcDateTime.AddMinutes(-minutes);
    });

    private static k8s.Models.V1Pod Ended(string name, int exitCode) => TestPods.Running(name).With(p =>
        p.Status.ContainerStatuses[0].LastState = new()
        {
            Terminated = new() { ExitCode = exitCode, FinishedAt = TestPods.Now.UtcDateTime.AddMinutes(-1) },
        });

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
        Assert.Equal(FailureKind.Transient, (await Assert.ThrowsAsync<ActionFailedException>(() => CheckAsync())).Kind);
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

    private Task<CheckResult> CheckAsync(string kind = "statefulset", FactView? facts = null)
    {
        var api = new ClusterApi(() => Server.Client(), new FakeTimeProvider(TestPods.Now));
        return new WorkloadReadyAction(api, new(api)).CheckAsync(
            Requests.For(new WorkloadReadyInput(), facts, kind), TestContext.Current.CancellationToken);
    }
}
