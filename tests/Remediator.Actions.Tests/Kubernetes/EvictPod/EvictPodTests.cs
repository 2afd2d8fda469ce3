using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.EvictPod;

public sealed class EvictPodTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/shop/pods";
    private const string Eviction = "/api/v1/namespaces/shop/pods/api-1/eviction";

    private static readonly ActionPlan Plan = new()
    {
        Summary = "evict",
        Preconditions = new Dictionary<string, string> { ["uid"] = "uid-of-api-1" },
        Parameters = new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-1" },
    };

    private readonly FakeTimeProvider _time = new(TestPods.Now);
    private HttpEndpoint? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private EvictPodAction Action
    {
        get
        {
            var api = new ClusterApi(() => Server.Client(), _time);
            return new(api, new(api));
        }
    }

    public async ValueTask InitializeAsync()
    {
        _server = await HttpEndpoint.StartAsync();
        _server.Always(
            "GET",
            "/api/v1/",
            new(
                200,
                """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods/eviction","namespaced":true,"group":"policy","version":"v1","kind":"Eviction","verbs":["create"]}]}"""));
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task Plan_OfTwoCrashingPods_IsTheOneThatRestartsMost()
    {
        V1Pod[] pods = [TestPods.Running("api-0"), TestPods.Crashing("api-1", 7), TestPods.Crashing("api-2", 4)];
        var result = await PlanAsync(pods, pods);

        Assert.Equal("evict pod shop/api-1 on node-1, which restarted 7 times; StatefulSet api makes a new one", result.Plan?.Summary);
        Assert.Equal("uid-of-api-1", result.Plan?.Preconditions["uid"]);
    }

    [Fact]
    public async Task Plan_WhenNothingCrashesAnyMore_FailsAndIsTriedAgain()
    {
        V1Pod[] pods = [
            TestPods.Running("api-0"),
            TestPods.Crashing("api-1", 7, minutesAgo: 11).With(p => p.Status.ContainerStatuses[0].State = new() { Running = new() })];
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => PlanAsync(pods, pods));
        Assert.Equal(
            (FailureKind.Transient, "No pod of statefulset shop/api is crashing now, although the facts said so."), (e.Kind, e.Message));
    }

    [Fact]
    public async Task Plan_WhenTheFactsKnowAnotherPodOfThatName_FailsAndIsTriedAgain()
    {
        var facts = TestPods.Crashing("api-1", 7).With(p => p.Metadata.Uid = "uid-of-an-earlier-api-1");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => PlanAsync([TestPods.Crashing("api-1", 7)], [facts]));
        Assert.Equal(
            (FailureKind.Transient, "The facts do not (yet) say that pod shop/api-1 is crashing; the API server does."),
            (e.Kind, e.Message));
    }

    [Fact]
    public async Task Plan_ForABarePod_IsRefused()
    {
        var pod = TestPods.Crashing("api-1", 7).With(p => p.Metadata.OwnerReferences = null);
        Server.Always("GET", $"{Pods}/api-1", ApiAnswers.Found(pod));
        var result = await Action.PlanAsync(Requests.For(new EvictPodInput(), TestPods.Facts(pod), "pod", "api-1"), Token);
        Assert.Equal("pod shop/api-1 has no controller: it would not come back.", result.Refusal);
    }

    [Fact]
    public async Task Plan_ForNotReady_TakesNoPodThatIsGoingAway()
    {
        var leaving = TestPods.Running("api-0")
            .With(p => p.Status.Conditions[0].Status = "False")
            .With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime);
        var stuck = TestPods.Running("api-1").With(p => p.Status.Conditions[0].Status = "False");
        var result = await PlanAsync([leaving, stuck], [leaving, stuck], PodChoice.NotReady);
        Assert.Equal("api-1", result.Plan?.Parameters["pod"]);
    }

    [Fact]
    public async Task Plan_WhileItsPodRestartsOn_IsTheSameChange_AndForTheNextPodOfThatNameAnother()
    {
        var plans = new List<ActionPlan?>();
        foreach (var pod in new[] {
            TestPods.Crashing("api-1", 7),
            TestPods.Crashing("api-1", 9),
            TestPods.Crashing("api-1", 9).With(p => p.Metadata.Uid = "uid-of-the-next-api-1") })
            plans.Add((await PlanAsync([pod], [pod])).Plan);
        Assert.Equal(plans[0]?.Changes, plans[1]?.Changes);
        Assert.NotEqual(plans[1]?.Changes, plans[2]?.Changes);
    }

    [Fact]
    public async Task CallsToTheCluster_CarryTheTrace()
    {
        using var activity = new System.Diagnostics.Activity("step").SetIdFormat(System.Diagnostics.ActivityIdFormat.W3C).Start();
        await PlanAsync([TestPods.Crashing("api-1", 7)], [TestPods.Crashing("api-1", 7)]);
        Assert.All(Server.Requests, r =>
            Assert.Contains(activity.TraceId.ToHexString(), r.Headers["traceparent"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Apply_EvictsWithTheVersionThatTheServerHas_AndTheUid(string version)
    {
        Server.Always(
            "GET",
            "/api/v1/",
            new(
                200,
                $$"""{"kind":"APIResourceList","resources":[{"name":"pods/eviction","namespaced":true,"group":"policy","version":"{{version}}","kind":"Eviction","verbs":["create"]}]}"""));
        Server.Always("POST", Eviction, ApiAnswers.Success);

        await ApplyAsync();

        var request = Assert.Single(Server.Of("POST", Eviction));
        var body = JsonNode.Parse(request.Body)!;
        Assert.Equal($"policy/{version}", body["apiVersion"]?.ToString());
        Assert.Equal("uid-of-api-1", body["deleteOptions"]?["preconditions"]?["uid"]?.ToString());
        Assert.Null(body["deleteOptions"]?["gracePeriodSeconds"]);
        Assert.Contains("fieldManager=remediator", request.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_WhileTheBudgetForbids_WaitsAndTriesAgain()
    {
        Server.Once("POST", Eviction, BudgetForbids(retryAfter: 10)).Always("POST", Eviction, ApiAnswers.Success);
        var apply = ApplyAsync();
        await Server.NextAsync("POST", Eviction, 1, Token);
        await AdvanceUntilAsync(apply);

        Assert.Equal("pod shop/api-1 was evicted.", (await apply).Message);
        Assert.Equal(2, Server.Of("POST", Eviction).Count);
        Assert.True(_time.GetUtcNow() >= TestPods.Now.AddSeconds(10), "It came back before the server's Retry-After.");
    }

    [Fact]
    public async Task Apply_WhenTheBudgetForbidsToTheEnd_FailsWithTheBudgetsOwnWords()
    {
        Server.Always("POST", Eviction, BudgetForbids(retryAfter: 600));
        var e = await Assert.ThrowsAsync<ActionFailedException>(ApplyAsync);
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.Equal(
            "pod shop/api-1 may not be evicted now: its disruption budget forbids it. The disruption budget api needs 3 "
                + "healthy pods and has 2 currently",
            e.Message);
        Assert.Single(Server.Of("POST", Eviction));
    }

    [Fact]
    public async Task Apply_WhenAnotherPodHasTheName_LeavesItAlone()
    {
        Server.Always("POST", Eviction, ApiAnswers.Failure(409, "Conflict", "the UID in the precondition does not match"));
        Server.Always(
            "GET", $"{Pods}/api-1", ApiAnswers.Found(TestPods.Running("api-1").With(p => p.Metadata.Uid = "uid-of-the-next-api-1")));
        Assert.Equal("pod shop/api-1 was gone already.", (await ApplyAsync()).Message);
    }

    [Fact]
    public async Task Apply_WhenThePodIsGone_HasNothingToDo()
    {
        Server.Always("POST", Eviction, ApiAnswers.Failure(404, "NotFound", "pods \"api-1\" not found"));
        Server.Always("GET", $"{Pods}/api-1", ApiAnswers.Failure(404, "NotFound", "pods \"api-1\" not found"));
        Assert.Equal("pod shop/api-1 was gone already.", (await ApplyAsync()).Message);
    }

    [Fact]
    public async Task Apply_WhenItIsItsBudgetThatIsGone_TriesAgain()
    {
        Server.Once("POST", Eviction, ApiAnswers.Failure(404, "NotFound", "poddisruptionbudgets.policy \"api\" not found"))
            .Always("POST", Eviction, ApiAnswers.Success);
        Server.Always("GET", $"{Pods}/api-1", ApiAnswers.Found(TestPods.Crashing("api-1", 7)));
        var apply = ApplyAsync();
        await Server.NextAsync("POST", Eviction, 1, Token);
        await AdvanceUntilAsync(apply);

        Assert.Equal("pod shop/api-1 was evicted.", (await apply).Message);
    }

    [Fact]
    public async Task Apply_WhenTheServerFailsAfterwards_IsUnknown()
    {
        Server.Always("POST", Eviction, ApiAnswers.Failure(500, "InternalError", "etcdserver: request timed out"));
        var e = await Assert.ThrowsAsync<ActionFailedException>(ApplyAsync);
        Assert.Equal(FailureKind.Unknown, e.Kind);
        Assert.Equal("Could not evict pod shop/api-1: the API server answered 500 (etcdserver: request timed out).", e.Message);
    }

    [Fact]
    public async Task Apply_WithoutAnAnswer_IsUnknownAfterTheTimeout()
    {
        Server.Always("POST", Eviction, ApiAnswers.Hang);
        var apply = ApplyAsync();
        await Server.NextAsync("POST", Eviction, 1, Token);
        _time.Advance(ClusterApi.CallTimeout);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => apply);
        Assert.Equal(FailureKind.Unknown, e.Kind);
        Assert.Equal("Could not evict pod shop/api-1: the API server did not answer within 8 s.", e.Message);
    }

    [Fact]
    public async Task Apply_WithoutPermission_IsPermanent()
    {
        Server.Always("POST", Eviction, ApiAnswers.Failure(403, "Forbidden", "pods \"api-1\" is forbidden"));
        Assert.Equal(FailureKind.Permanent, (await Assert.ThrowsAsync<ActionFailedException>(ApplyAsync)).Kind);
    }

    [Fact]
    public async Task Apply_AfterItsTime_CallsNobody()
    {
        _time.Advance(TimeSpan.FromMinutes(4));
        var e = await Assert.ThrowsAsync<ActionFailedException>(ApplyAsync);
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Probe_SeesWhetherThePodWentOrStays()
    {
        Server.Once("GET", $"{Pods}/api-1", ApiAnswers.Found(TestPods.Crashing("api-1", 7)));
        Server.Once(
            "GET",
            $"{Pods}/api-1",
            ApiAnswers.Found(TestPods.Crashing("api-1", 7).With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime)));
        Server.Once(
            "GET", $"{Pods}/api-1", ApiAnswers.Found(TestPods.Running("api-1").With(p => p.Metadata.Uid = "uid-of-the-next-api-1")));
        Server.Once("GET", $"{Pods}/api-1", ApiAnswers.Failure(404, "NotFound", "pods \"api-1\" not found"));
        _time.Advance(TimeSpan.FromHours(1));

        List<ProbeAnswer> answers = [];
        for (var i = 0; i < 4; i++)
            answers.Add((await Action.ProbeAsync(Requests.For(new EvictPodInput()), Plan, Token)).Answer);
        Assert.Equal([ProbeAnswer.DidNotHappen, ProbeAnswer.Happened, ProbeAnswer.Happened, ProbeAnswer.Happened], answers);
    }

    [Fact]
    public async Task Action_WithoutACluster_SaysSo()
    {
        var api = new ClusterApi(() => null, _time);
        var e = await Assert.ThrowsAsync<ActionFailedException>(
            () => new EvictPodAction(api, new(api)).PlanAsync(Requests.For(new EvictPodInput()), Token));
        Assert.Equal(
            "Could not read statefulset shop/api: no Kubernetes cluster is configured. Give a kubeconfig, or run inside a cluster.",
            e.Message);
    }

    /// <summary>Case 20. Of the pods that are broken only the one that the facts name is meant.</summary>
    [Fact]
    public async Task Plan_OfThePodThatPinsItsSet_IsThatPod_AndNoOther()
    {
        V1Pod[] pods = [TestPods.Crashing("api-0", 9), TestPods.Running("api-1"), TestPods.Waiting("api-2", "InvalidImageName")];
        var plan = (await PlanAsync(pods, pods, PodChoice.Pinning, Pinned("api-2"))).Plan;
        Assert.Equal(("api-2", "uid-of-api-2"), (plan?.Parameters["pod"], plan?.Preconditions["uid"]));
        await Assert.ThrowsAsync<ActionFailedException>(() => PlanAsync(pods, pods, PodChoice.Pinning, Pinned("api-1")));
        await Assert.ThrowsAsync<ActionFailedException>(() => PlanAsync(pods, pods, PodChoice.Pinning, Pinned("")));
    }

    private static Fact Pinned(string pod) => new("workload", new Dictionary<string, string> { ["pinned_by"] = pod }, TestPods.Now);

    private static Answer BudgetForbids(int retryAfter) => ApiAnswers.Failure(429, "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.", retryAfter,
        ("DisruptionBudget", "The disruption budget api needs 3 healthy pods and has 2 currently"));

    private Task<PlanResult> PlanAsync(V1Pod[] live, V1Pod[] known, PodChoice which = PodChoice.Crashing, params Fact[] more)
    {
        Server.Always("GET", Pods, ApiAnswers.List(live));
        return Action.PlanAsync(Requests.For(new EvictPodInput { Which = which }, TestPods.Facts(known).With(more)), Token);
    }

    private Task<ActionOutcome> ApplyAsync() => Action.ApplyAsync(Requests.For(new EvictPodInput()), Plan, Token);

    /// <summary>
    /// A timer of the fake time may not be set yet when the endpoint has answered; so time goes on in steps until the work is done.
    /// </summary>
    private Task AdvanceUntilAsync(Task done) => Wait.UntilAsync("the end of the eviction", () =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return done.IsCompleted;
    }, Token);
}
