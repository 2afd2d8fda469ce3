using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace Remediator.Testing.Kubernetes;

/// <summary>A change that the API server has made for somebody; what was refused is none.</summary>
/// <param name="Act"><c>evict</c>, <c>delete</c> or <c>patch</c>.</param>
/// <param name="Uid">Of the pod or workload that was changed.</param>
/// <param name="By">The token of who made it.</param>
/// <param name="ActionId">As the change marks the object with it; null where it marks nothing.</param>
public sealed record Effect(DateTimeOffset At, string Act, string Namespace, string Name, string Uid, string? ActionId, string By);

/// <summary>What may heal a workload.</summary>
public enum Repair { NewPod, Rollout }

/// <param name="Heals">Whether what is new after such a repair runs; asked once for each.</param>
/// <param name="FirstPod">Name of the pod that crashes at first; null for one that its ReplicaSet makes up.</param>
/// <param name="OutOfMemory">It is killed for want of memory, and its owner allows that it gets more.</param>
public sealed record FakeWorkload(
    string Namespace, string Name, Func<Repair, bool> Heals, string? FirstPod = null, bool OutOfMemory = false);

/// <summary>
/// A Kubernetes API server and its controllers in this process. Objects have uid and resourceVersion, watches give every change,
/// preconditions and the tests of a JSON Patch hold. Deployments have two pods, one of which crashes until something heals it.
/// </summary>
public sealed class FakeCluster : IAsyncDisposable
{
    private readonly LocalServer _server;
    private readonly FakeObjects _objects;
    private readonly FakeControllers _controllers;
    private readonly FakeApi _api;

    private FakeCluster(string address)
    {
        _server = new(address);
        _objects = new FakeObjects();
        _controllers = new FakeControllers(_objects);
        _api = new FakeApi(_objects, _controllers, Effects);
    }

    public string Address => _server.Url;

    /// <summary>In order.</summary>
    public ConcurrentQueue<Effect> Effects { get; } = [];

    /// <summary>Told each request by who sends it (its token), method and path, before it is answered.</summary>
    public Func<string, string, string, Task> Asked { set => _api.Asked = value; }

    /// <summary>Told each change that was made, before its answer goes out.</summary>
    public Func<Effect, Task> Changed { set => _api.Changed = value; }

    public static async Task<FakeCluster> StartAsync(string address = "127.0.0.1")
    {
        var cluster = new FakeCluster(address);
        await cluster._server.StartAsync(app => app.Run(cluster._api.AnswerAsync));
        return cluster;
    }

    public void Add(FakeWorkload workload) => _controllers.Add(workload);

    /// <summary>Adds or changes an object as something else in the cluster does: a kubelet, a scheduler.</summary>
    /// <param name="change">Of what is there, or of an empty object.</param>
    public void Put(string plural, string space, string name, Action<JsonObject> change) => _objects.Atomic(() =>
    {
        var changed = _objects.Find(plural, space, name) ?? new() { ["metadata"] = Named(space, name) };
        change(changed);
        return _objects.Put(plural, changed);
    });

    public void Remove(string plural, string space, string name) => _objects.Remove(plural, space, name);

    /// <summary>A copy; null where there is none.</summary>
    public JsonObject? Find(string plural, string space, string name) => _objects.Find(plural, space, name);

    private static JsonObject Named(string space, string name) =>
        space.Length > 0 ? new() { ["name"] = name, ["namespace"] = space } : new() { ["name"] = name };

    public bool Has(string space) => _objects.Find("namespaces", "", space) is not null;

    /// <summary>As when somebody mends what made the containers crash: the pods stay and run.</summary>
    public void Heal(string space) => _controllers.Heal(space);

    public IReadOnlyList<string> CrashingPods(string space) => _controllers.CrashingPods(space);

    /// <summary>The next change in this namespace is made, and its answer does not arrive.</summary>
    /// <param name="refusals">After it so many reads of this namespace are forbidden; watches of all namespaces go on.</param>
    public void LoseAnswer(string space, int refusals) => _api.LoseAnswer(space, refusals);

    /// <param name="token">By which its user is known.</param>
    public string Kubeconfig(string token = "test") => $$$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "{{{Address}}}"}}]
        users: [{name: admin, user: {token: "{{{token}}}"}}]
        contexts: [{name: test, context: {cluster: test, user: admin}}]
        """;

    public async ValueTask DisposeAsync()
    {
        _objects.Close();
        await _server.DisposeAsync();
        _objects.Dispose();
    }
}
