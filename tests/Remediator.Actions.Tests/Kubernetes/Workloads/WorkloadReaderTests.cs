using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Resources;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.Workloads;

/// <summary>Pods of one resource are asked for by what tells them from those of the namespace, and in pages.</summary>
public sealed class WorkloadReaderTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/shop/pods";

    private HttpEndpoint _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpEndpoint.StartAsync();
        _server.Always("GET", Pods, List());
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task BarePod_IsReadByItsName()
    {
        _server.Always("GET", $"{Pods}/one", ApiAnswers.Found(Object("Pod", "one")));

        Assert.Equal("one", Assert.Single(await ReadAsync("pod", "one")).Metadata.Name);
        Assert.Empty(await ReadAsync("pod", "two"));
        Assert.Empty(_server.Of("GET", Pods));
    }

    [Fact]
    public async Task SelectorOfExpressions_IsAskedFor()
    {
        _server.Always("GET", "/apis/apps/v1/namespaces/shop/statefulsets/db", ApiAnswers.Found(Object("StatefulSet", "db", """
            { "matchLabels": { "app": "db" }, "matchExpressions": [
              { "key": "tier", "operator": "In", "values": ["a", "b"] }, { "key": "old", "operator": "DoesNotExist" },
              { "key": "team", "operator": "Exists" }, { "key": "env", "operator": "NotIn", "values": ["test"] } ] }
            """)));

        await ReadAsync("statefulset", "db");

        Assert.Equal("labelSelector=app=db,tier in (a,b),!old,team,env notin (test)&limit=500", Query());
    }

    [Fact]
    public async Task PodsOfAJob_AreThoseOfItsSelector()
    {
        _server.Always(
            "GET", "/apis/batch/v1/namespaces/shop/jobs", List(Object("Job", "load", """{ "matchLabels": { "controller-uid": "7" } }""")));
        _server.Always("GET", Pods, List(Pod("load-x", "Job", "load"), Pod("other-x", "Job", "other")));

        Assert.Equal("load-x", Assert.Single(await ReadAsync("job", "load")).Metadata.Name);
        Assert.Equal("labelSelector=controller-uid=7&limit=500", Query());
        Assert.Equal(
            "?fieldSelector=metadata.name=load", "?" + Decoded(Assert.Single(_server.Of("GET", "/apis/batch/v1/namespaces/shop/jobs"))));
    }

    [Fact]
    public async Task PodsOfAReplicaSet_AreThoseOfItsSelector()
    {
        _server.Always(
            "GET",
            "/apis/apps/v1/namespaces/shop/replicasets",
            List(Object("ReplicaSet", "api-1", """{ "matchLabels": { "app": "api", "pod-template-hash": "1" } }""")));

        await ReadAsync("replicaset", "api-1");

        Assert.Equal("labelSelector=app=api,pod-template-hash=1&limit=500", Query());
    }

    [Fact]
    public async Task PodsOfACronJob_AreThoseOfItsJobs()
    {
        _server.Always("GET", "/apis/batch/v1/namespaces/shop/jobs", List(
            Owned(Object("Job", "backup-1", """{ "matchLabels": { "controller-uid": "7" } }"""), "CronJob", "backup"),
            Owned(Object("Job", "backup-2", """{ "matchLabels": { "controller-uid": "8" } }"""), "CronJob", "backup"),
            Object("Job", "load", """{ "matchLabels": { "controller-uid": "9" } }""")));

        await ReadAsync("cronjob", "backup");
        Assert.Equal("labelSelector=controller-uid in (7,8)&limit=500", Query());
    }

    [Fact]
    public async Task CronJobWithoutJobs_AsksForNoPods()
    {
        _server.Always("GET", "/apis/batch/v1/namespaces/shop/jobs", List());

        Assert.Empty(await ReadAsync("cronjob", "backup"));
        Assert.Empty(_server.Of("GET", Pods));
    }

    /// <summary>Argo Rollouts make ReplicaSets, as Deployments do; one of the same name is not theirs.</summary>
    [Fact]
    public async Task PodsOfARollout_AreThoseOfItsReplicaSets()
    {
        _server.Always("GET", "/apis/apps/v1/namespaces/shop/replicasets", List(
            Owned(Object("ReplicaSet", "api-1"), "Rollout", "api", "argoproj.io/v1alpha1"),
            Owned(Object("ReplicaSet", "api-2"), "Deployment", "api")));
        _server.Always("GET", Pods, List(Pod("api-1-x", "ReplicaSet", "api-1"), Pod("api-2-x", "ReplicaSet", "api-2")));

        var pods = await ReadAsync("rollout", "api");
        Assert.Equal(["api-1-x"], pods.Select(p => p.Metadata.Name));
        Assert.Equal("Rollout", (await ControllerAsync("rollout", "api", pods))?.Kind);
    }

    [Fact]
    public async Task PodsOfAnAdvancedStatefulSet_AreNotThoseOfTheOneOfKubernetes()
    {
        _server.Always("GET", "/apis/apps/v1/namespaces/shop/replicasets", List());
        _server.Always("GET", "/apis/apps/v1/namespaces/shop/statefulsets/db", ApiAnswers.Found(Object("StatefulSet", "db")));
        _server.Always("GET", Pods, List(
            Owned(Object("Pod", "db-0"), "StatefulSet", "db", "apps/v1"),
            Owned(Object("Pod", "db-1"), "StatefulSet", "db", "apps.kruise.io/v1beta1")));

        Assert.Equal(["db-0"], (await ReadAsync("statefulset", "db")).Select(p => p.Metadata.Name));
        Assert.Equal(["db-1"], (await ReadAsync("statefulset.apps.kruise.io", "db")).Select(p => p.Metadata.Name));
    }

    [Fact]
    public async Task LongList_IsReadPageByPage()
    {
        _server.Always(
            "GET", "/apis/apps/v1/namespaces/shop/daemonsets/agent",
            ApiAnswers.Found(Object("DaemonSet", "agent", """{ "matchLabels": { "app": "agent" } }""")));
        _server.Once("GET", Pods, List("next", Pod("agent-1", "DaemonSet", "agent")))
            .Once("GET", Pods, List(Pod("agent-2", "DaemonSet", "agent")));

        Assert.Equal(["agent-1", "agent-2"], (await ReadAsync("daemonset", "agent")).Select(p => p.Metadata.Name));
        Assert.Equal(
            ["labelSelector=app=agent&limit=500", "continue=next&labelSelector=app=agent&limit=500"],
            _server.Of("GET", Pods).Select(Decoded));
    }

    private Task<IReadOnlyList<k8s.Models.V1Pod>> ReadAsync(string kind, string name) =>
        new WorkloadReader(new ClusterApi(() => _server.Client(), new FakeTimeProvider(TestPods.Now)))
            .PodsAsync(new ResourceKey("test", kind, "shop", name), TestPods.Now.AddMinutes(1), TestContext.Current.CancellationToken);

    private Task<k8s.Models.V1OwnerReference?> ControllerAsync(string kind, string name, IReadOnlyList<k8s.Models.V1Pod> pods) =>
        new WorkloadReader(new ClusterApi(() => _server.Client(), new FakeTimeProvider(TestPods.Now))).ControllerAsync(
            new ResourceKey("test", kind, "shop", name), pods, TestPods.Now.AddMinutes(1), TestContext.Current.CancellationToken);

    private string Query() => Decoded(Assert.Single(_server.Of("GET", Pods)));

    private static string Decoded(SeenRequest request) =>
        string.Join(
            "&",
            WebUtility.UrlDecode(request.Query.TrimStart('?')).Split('&').Where(p => p != "watch=false").Order(StringComparer.Ordinal));

    private static JsonObject Object(string kind, string name, string selector = "{}") => new()
    {
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop", ["uid"] = $"uid-of-{name}" },
        ["spec"] = new JsonObject { ["selector"] = JsonNode.Parse(selector) },
    };

    private static JsonObject Pod(string name, string kind, string owner) => Owned(new JsonObject
    {
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop" },
    }, kind, owner);

    private static JsonObject Owned(JsonObject o, string kind, string owner, string apiVersion = "")
    {
        o["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = apiVersion, ["kind"] = kind, ["name"] = owner, ["uid"] = $"uid-of-{owner}", ["controller"] = true,
        });
        return o;
    }

    private static Answer List(params JsonObject[] items) => List(null, items);

    private static Answer List(string? next, params JsonObject[] items) => ApiAnswers.Found(new JsonObject
    {
        ["kind"] = "List",
        ["metadata"] = new JsonObject { ["continue"] = next },
        ["items"] = new JsonArray([.. items]),
    });
}
