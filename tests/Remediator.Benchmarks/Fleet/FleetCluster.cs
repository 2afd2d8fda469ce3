using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Remediator.Benchmarks.Fleet;

/// <summary>
/// An API server with a large cluster: lists in pages, watches with bookmarks from the version asked for, and pods that change.
/// </summary>
internal sealed class FleetCluster : IAsyncDisposable
{
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly FleetObjects _objects;
    private readonly FleetPods _pods;
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _forget = new();

    private FleetCluster(WebApplication app, FleetShape shape)
    {
        (_app, Shape) = (app, shape);
        _objects = new(shape);
        _pods = new(_objects, shape);
    }

    public FleetShape Shape { get; }

    public FleetPods Pods => _pods;

    public string Address => _app.Urls.First();

    public string NamespaceOf(int slot) => _objects.WorkloadOf(slot).Namespace;

    /// <summary>Lists of all pods that were read to their last page.</summary>
    public int ListsOfPods { get; private set; }

    /// <summary>By pod number: the tick of the last eviction.</summary>
    public ConcurrentDictionary<int, long> Evicted { get; } = new();

    public static async Task<FleetCluster> StartAsync(FleetShape shape)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var cluster = new FleetCluster(app, shape);
        app.Run(cluster.AnswerAsync);
        await app.StartAsync();
        return cluster;
    }

    /// <summary>
    /// Ends the watches of pods as a server does that has compacted what they ask for: with 410, so that they list again.
    /// </summary>
    public async Task ForgetAsync()
    {
        _pods.Forget();
        await Interlocked.Exchange(ref _forget, new()).CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Method == "POST")
            return EvictAsync(context, parts[^2]);

        return parts switch
        {
            ["api", "v1"] => JsonAsync(
                context,
                """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods/eviction","group":"policy","version":"v1","namespaced":true,"kind":"Eviction","verbs":["create"]}]}"""),
            ["apis", "policy", "v1"] => JsonAsync(
                context,
                """{"kind":"APIResourceList","groupVersion":"policy/v1","resources":[{"name":"poddisruptionbudgets","namespaced":true,"kind":"PodDisruptionBudget","verbs":["list","watch"]}]}"""),
            ["apis", "batch", "v1"] => JsonAsync(
                context,
                """{"kind":"APIResourceList","groupVersion":"batch/v1","resources":[{"name":"cronjobs","namespaced":true,"kind":"CronJob","verbs":["list","watch"]}]}"""),
            [.., "namespaces", var space, var plural, var name] => OneAsync(context, space, plural, name),
            [.., "namespaces", var space, var plural] => OfWorkloadAsync(context, space, plural),
            [.., var plural] when context.Request.Query["watch"] == "true" => WatchAsync(context, plural),
            [.., var plural] => ListAsync(context, plural),
            _ => JsonAsync(context, "{}", 404),
        };
    }

    private async Task ListAsync(HttpContext context, string plural)
    {
        var limit = int.TryParse(context.Request.Query["limit"], out var asked) ? asked : int.MaxValue;
        var (version, from) = context.Request.Query["continue"].ToString().Split(' ') is [var v, var f]
            ? (long.Parse(v, CultureInfo.InvariantCulture), int.Parse(f, CultureInfo.InvariantCulture))
            : (_pods.Version, 0);
        var total = _objects.CountOf(plural);
        var to = (int)Math.Min(total, (long)from + limit);
        var text = new FleetText();
        var next = to < total ? $"\"continue\":\"{version} {to}\",\"remainingItemCount\":{total - to}," : "";
        text.Add($$$$$"""{"kind":"List","apiVersion":"v1","metadata":{{{{{{next}}}}}"resourceVersion":"{{{{{version}}}}}"},"items":[""");
        for (var i = from; i < to; i++)
        {
            if (i > from)
                text.Add(","u8);
            if (plural == "pods")
                _pods.Write(text, i);
            else
                _objects.Write(text, plural, i, 1);
        }

        text.Add("]}"u8);
        await BytesAsync(context, text);
        if (plural == "pods" && to == total)
            ListsOfPods++;
    }

    private async Task WatchAsync(HttpContext context, string plural)
    {
        var seen = long.Parse(context.Request.Query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, _stop.Token, plural == "pods" ? _forget.Token : default);
        stop.CancelAfter(TimeSpan.FromSeconds(int.Parse(context.Request.Query["timeoutSeconds"].ToString(), CultureInfo.InvariantCulture)));
        context.Response.ContentType = "application/json";
        var marked = Stopwatch.StartNew();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (plural == "pods")
                {
                    var news = _pods.After(seen);
                    foreach (var change in news ?? [])
                        await context.Response.Body.WriteAsync(change.Event, stop.Token);
                    seen = news is [.., var last] ? last.Version : seen;
                    if (news is null)
                        break;
                }

                if (marked.Elapsed > BookmarkEvery)
                {
                    await WriteAsync(context, $$$$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{{{seen}}}}}"}}}""");
                    marked.Restart();
                }

                await context.Response.Body.FlushAsync(stop.Token);
                await Task.Delay(plural == "pods" ? 20 : 1000, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }

        if (plural == "pods" && _pods.After(seen) is null && !context.RequestAborted.IsCancellationRequested)
            await WriteAsync(
                context,
                """{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""");
    }

    private Task EvictAsync(HttpContext context, string pod)
    {
        var slot = FleetObjects.SlotOf(pod);
        Evicted[slot] = Stopwatch.GetTimestamp();
        _pods.Replace(slot, PodCondition.Ready);
        return JsonAsync(context, """{"kind":"Status","apiVersion":"v1","status":"Success","code":201}""", 201);
    }

    private Task OneAsync(HttpContext context, string space, string plural, string name)
    {
        var text = new FleetText();
        if (plural == "pods")
        {
            var slot = FleetObjects.SlotOf(name);
            if (_pods.NameOf(slot) != name)
                return JsonAsync(context, """{"kind":"Status","status":"Failure","reason":"NotFound","code":404}""", 404);
            _pods.Write(text, slot);
        }
        else if (_objects.Find(space, name) is { } workload)
        {
            _objects.WriteWorkload(text, workload, 1);
        }

        return BytesAsync(context, text);
    }

    /// <summary>What a selector <c>app=NAME</c> selects in a namespace: of one workload.</summary>
    private Task OfWorkloadAsync(HttpContext context, string space, string plural)
    {
        var text = new FleetText();
        text.Add("""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":["""u8);
        if (_objects.Find(space, context.Request.Query["labelSelector"].ToString().Split('=')[^1]) is { } workload)
        {
            if (plural == "replicasets")
                _objects.WriteReplicaSet(text, workload, 0, 1);
            for (var i = 0; plural == "pods" && i < workload.Pods; i++)
            {
                if (i > 0)
                    text.Add(","u8);
                _pods.Write(text, workload.FirstPod + i);
            }
        }

        text.Add("]}"u8);
        return BytesAsync(context, text);
    }

    private static Task WriteAsync(HttpContext context, string line) =>
        context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n")).AsTask();

    private static Task BytesAsync(HttpContext context, FleetText text)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(text.Written).AsTask();
    }

    private static Task JsonAsync(HttpContext context, string body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}
