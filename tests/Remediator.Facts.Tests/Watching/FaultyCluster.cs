using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Remediator.Facts.Connection;
using Remediator.Testing;

namespace Remediator.Facts.Tests.Watching;

/// <summary>How one answer goes wrong.</summary>
internal enum Fault
{
    /// <summary>A watch that begins and then says nothing, for ever.</summary>
    Stall,
    /// <summary>The connection breaks after the beginning of an answer.</summary>
    Cut,
    /// <summary>A line that is no JSON.</summary>
    Garbage,
    /// <summary>The version is too old, said in the answer's status.</summary>
    Gone,
    /// <summary>The version is too old, said in an event.</summary>
    GoneInside,
    Broken,
    Forbidden,
    Missing,
}

/// <summary>An API server in this process, over real HTTP: lists in pages, watches with bookmarks, and fails where it is told to.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    private readonly LocalServer _server = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Name), JsonObject> _objects = [];
    private readonly List<(string Kind, long Version, string Line)> _events = [];
    private readonly ConcurrentDictionary<string, Fault> _always = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _once = new();
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Guid.NewGuid():N}");
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 100;

    private FaultyCluster()
    {
    }

    public ConcurrentBag<string> Requests { get; } = [];

    public ConcurrentBag<string> Traces { get; } = [];

    public IReadOnlyList<string> PodLists => [.. Requests.Where(r => r.Contains("/pods?limit", StringComparison.Ordinal))];

    public static async Task<FaultyCluster> StartAsync()
    {
        var cluster = new FaultyCluster();
        await cluster._server.StartAsync(app => app.Run(cluster.AnswerAsync));
        return cluster;
    }

    public KubernetesConnection Connect()
    {
        File.WriteAllText(_kubeconfig, $$"""
            current-context: faulty
            contexts: [{name: faulty, context: {cluster: c, user: u} }]
            clusters: [{name: c, cluster: {server: "{{_server.Url}}"} }]
            users: [{name: u, user: {token: secret} }]
            """);
        return KubernetesConnection.Find(new() { Kubeconfig = _kubeconfig }, _ => null);
    }

    public void Once(string kind, string verb, params Fault[] faults)
    {
        foreach (var fault in faults)
            _once.GetOrAdd($"{verb} {kind}", _ => new()).Enqueue(fault);
    }

    public void Always(string kind, string verb, Fault? fault)
    {
        if (fault is { } f)
            _always[$"{verb} {kind}"] = f;
        else
            _always.TryRemove($"{verb} {kind}", out _);
    }

    /// <summary>Makes or changes an object.</summary>
    /// <param name="quietly">Watches do not hear of it, as while they are cut off.</param>
    public void Put(string kind, string name, bool quietly = false, string extra = "{}") =>
        Change(kind, name, JsonNode.Parse(extra)!.AsObject(), quietly);

    public void Delete(string kind, string name) => Change(kind, name, null, false);

    /// <summary>From now on nobody listens there.</summary>
    public Task GoAwayAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        File.Delete(_kubeconfig);
        await _server.DisposeAsync();
    }

    private void Change(string kind, string name, JsonObject? value, bool quietly)
    {
        lock (_gate)
        {
            _version++;
            var type = value is null ? "DELETED" : _objects.ContainsKey((kind, name)) ? "MODIFIED" : "ADDED";
            var content = value ?? _objects[(kind, name)];
            content["metadata"] =
                new JsonObject { ["name"] = name, ["namespace"] = "shop", ["uid"] = name, ["resourceVersion"] = $"{_version}" };
            if (value is null)
                _objects.Remove((kind, name));
            else
                _objects[(kind, name)] = content;
            if (!quietly)
                _events.Add((kind, _version, new JsonObject { ["type"] = type, ["object"] = content.DeepClone() }.ToJsonString()));
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Add(path + context.Request.QueryString);
        Traces.Add(context.Request.Headers["traceparent"].ToString());
        if (context.Request.Headers.Authorization != "Bearer secret")
        {
            context.Response.StatusCode = 401;
            return;
        }

        var kind = path[(path.LastIndexOf('/') + 1)..];
        if (kind is "v1" or "v1beta1")
            await DiscoverAsync(context, path);
        else if (context.Request.Query.ContainsKey("watch"))
            await WatchAsync(context, kind);
        else
            await ListAsync(context, kind);
    }

    /// <summary>A server of old: PodDisruptionBudgets and CronJobs are v1beta1.</summary>
    private static Task DiscoverAsync(HttpContext context, string path)
    {
        var resources = path switch { "/apis/policy/v1beta1" =>
            "poddisruptionbudgets", "/apis/batch/v1beta1" => "cronjobs", "/apis/batch/v1" => "jobs", _ => "" };
        context.Response.StatusCode = resources.Length > 0 ? 200 : 404;
        return context.Response.WriteAsync($$"""{"resources":[{"name":"{{resources}}"}]}""");
    }

    private async Task ListAsync(HttpContext context, string kind)
    {
        if (await FailAsync(context, $"list {kind}"))
            return;

        string body;
        lock (_gate)
        {
            var limit = int.Parse(context.Request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
            var skip = int.TryParse(context.Request.Query["continue"], out var from) ? from : 0;
            var all = _objects.Where(o => o.Key.Kind == kind).Select(o => o.Value).ToList();
            var page = new JsonArray([.. all.Skip(skip).Take(limit).Select(o => o.DeepClone())]);
            var meta = new JsonObject { ["resourceVersion"] = $"{_version}" };
            if (skip + limit < all.Count)
                meta["continue"] = $"{skip + limit}";
            body = new JsonObject { ["metadata"] = meta, ["items"] = page }.ToJsonString();
        }

        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private async Task WatchAsync(HttpContext context, string kind)
    {
        if (await FailAsync(context, $"watch {kind}"))
            return;

        var version = long.Parse(context.Request.Query["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(TimeSpan.FromSeconds(
            int.Parse(context.Request.Query["timeoutSeconds"]!, System.Globalization.CultureInfo.InvariantCulture)));
        await context.Response.Body.FlushAsync(end.Token);
        while (true)
        {
            List<(string Kind, long Version, string Line)> news;
            Task changed;
            lock (_gate)
            {
                news = [.. _events.Where(e => e.Kind == kind && e.Version > version)];
                changed = _changed.Task;
            }

            foreach (var item in news)
            {
                await context.Response.WriteAsync(item.Line + "\n", context.RequestAborted);
                version = item.Version;
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
            try
            {
                await changed.WaitAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> FailAsync(HttpContext context, string request)
    {
        Fault fault;
        if (_once.TryGetValue(request, out var queue) && queue.TryDequeue(out var once))
            fault = once;
        else if (!_always.TryGetValue(request, out fault))
            return false;

        switch (fault)
        {
            case Fault.Stall:
                await context.Response.Body.FlushAsync(context.RequestAborted);
                var left = new TaskCompletionSource();
                await using (context.RequestAborted.Register(left.SetResult))
                    await left.Task;
                break;
            case Fault.Cut:
                await context.Response.WriteAsync("""{"type":"ADD""", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                break;
            case Fault.Garbage:
                await context.Response.WriteAsync("<html>502 Bad Gateway</html>\n", context.RequestAborted);
                break;
            case Fault.GoneInside:
                await context.Response.WriteAsync(
                    """{"type":"ERROR","object":{"kind":"Status","metadata":{},"status":"Failure","message":"too old resource version","reason":"Expired","code":410}}"""
                        + "\n",
                    context.RequestAborted);
                break;
            default:
                context.Response.StatusCode = fault switch { Fault.Gone => 410, Fault.Forbidden => 403, Fault.Missing => 404, _ => 500 };
                await context.Response.WriteAsync(
                    JsonSerializer.Serialize(new { message = $"the server says {fault}" }), context.RequestAborted);
                break;
        }

        return true;
    }
}
