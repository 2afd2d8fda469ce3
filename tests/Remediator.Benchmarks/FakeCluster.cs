using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Remediator.Benchmarks;

/// <summary>
/// An API server with many workloads, each with one pod in a namespace of its own; the pods of the first ones crash. Notes when each
/// eviction comes.
/// </summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly int _crashing;
    private readonly int _workloads;
    private readonly CancellationTokenSource _stop = new();
    private long _calls;

    private FakeCluster(WebApplication app, int crashing, int well) => (_app, _crashing, _workloads) = (app, crashing, crashing + well);

    public string Address => _app.Urls.First();

    /// <summary>Calls so far, watches among them.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>By workload: the tick of the first eviction.</summary>
    public ConcurrentDictionary<int, long> Evicted { get; } = new();

    public static async Task<FakeCluster> StartAsync(int crashing, int well = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var cluster = new FakeCluster(app, crashing, well);
        app.Run(cluster.AnswerAsync);
        await app.StartAsync();
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Method == "POST")
        {
            var workload = Number(parts[3]);
            Evicted.TryAdd(workload, Stopwatch.GetTimestamp());
            return Json(context, """{"kind":"Status","apiVersion":"v1","status":"Success","code":201}""", 201);
        }

        if (context.Request.Query["watch"].ToString() is "true" or "1")
        {
            return WatchAsync(context);
        }

        return parts switch
        {
            ["api", "v1"] => Json(
                context,
                """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","namespaced":true,"kind":"Pod","singularName":"","verbs":["get","list","watch"]},{"name":"pods/eviction","group":"policy","version":"v1","namespaced":true,"kind":"Eviction","singularName":"","verbs":["create"]}]}"""),
            ["apis", "policy", "v1"] => Json(
                context,
                """{"kind":"APIResourceList","groupVersion":"policy/v1","resources":[{"name":"poddisruptionbudgets","namespaced":true,"kind":"PodDisruptionBudget","singularName":"","verbs":["list","watch"]}]}"""),
            ["apis", "batch", "v1"] => Json(
                context,
                """{"kind":"APIResourceList","groupVersion":"batch/v1","resources":[{"name":"cronjobs","namespaced":true,"kind":"CronJob","singularName":"","verbs":["list","watch"]},{"name":"jobs","namespaced":true,"kind":"Job","singularName":"","verbs":["list","watch"]}]}"""),
            [.., "namespaces", var space, var plural] => Json(context, List([Object(plural, Number(space))])),
            [.., "namespaces", var space, var plural, _] => Json(context, Object(plural, Number(space))),
            [.., var plural] => ListAsync(context, plural),
            _ => Json(context, "{}", 404),
        };
    }

    private Task ListAsync(HttpContext context, string plural) => Json(context, List(plural switch
    {
        "deployments" or "replicasets" or "pods" => Enumerable.Range(0, _workloads).Select(i => Object(plural, i)),
        "nodes" => ["""{"metadata":{"name":"n1","uid":"n1","resourceVersion":"1"},"spec":{},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}}"""],
        _ => [],
    }));

    private string Object(string plural, int i) => plural switch
    {
        "deployments" => $$$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w{{{{i}}}}","namespace":"ns{{{{i}}}}","uid":"d{{{{i}}}}","resourceVersion":"1","generation":1,"annotations":{"deployment.kubernetes.io/revision":"1"}},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"w{{{{i}}}}"} },"template":{"metadata":{"labels":{"app":"w{{{{i}}}}"} },"spec":{"containers":[{"name":"app","image":"i"}]}}},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1}}""",
        "replicasets" => $$$$"""{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"w{{{{i}}}}-abc","namespace":"ns{{{{i}}}}","uid":"r{{{{i}}}}","resourceVersion":"1","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"pod-template-hash":"abc"},"annotations":{"deployment.kubernetes.io/revision":"1"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"w{{{{i}}}}","uid":"d{{{{i}}}}","controller":true}]},"spec":{"replicas":1},"status":{"replicas":1,"readyReplicas":1,"availableReplicas":1}}""",
        _ => Pod(i),
    };

    private string Pod(int i)
    {
        const string ready = """
            "ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-11-23T12:00:00Z"}}
            """;
        var crashing = $$$$"""
            "ready":false,"restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":3,"reason":"Error","finishedAt":"{{{{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ}}}}"}}
            """;
        var generation = Evicted.ContainsKey(i) ? "b" : "a";
        var well = generation == "b" || i >= _crashing;
        var state = well ? ready : crashing;
        return $$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"w{{{{i}}}}-abc-{{{{generation}}}}","namespace":"ns{{{{i}}}}","uid":"p{{{{i}}}}{{{{generation}}}}","resourceVersion":"1","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"w{{{{i}}}}","pod-template-hash":"abc"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"w{{{{i}}}}-abc","uid":"r{{{{i}}}}","controller":true}]},"spec":{"nodeName":"n1","containers":[{"name":"app","image":"i"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{{{(well ? "True" : "False")}}}}"}],"containerStatuses":[{"name":"app","image":"i","imageID":"","containerID":"c","started":true,{{{{state}}}}}]}}""";
    }

    /// <summary>Quiet but alive: a bookmark a second until the asked time is over.</summary>
    private async Task WatchAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        stop.CancelAfter(TimeSpan.FromSeconds(int.TryParse(context.Request.Query["timeoutSeconds"], out var seconds) ? seconds : 30));
        context.Response.ContentType = "application/json";
        try
        {
            while (true)
            {
                await context.Response.WriteAsync(
                    """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1"}}}""" + "\n", stop.Token);
                await context.Response.Body.FlushAsync(stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(1), stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string List(IEnumerable<string> items)
    {
        var text = new StringBuilder("""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[""");
        return text.AppendJoin(',', items).Append("]}").ToString();
    }

    private static Task Json(HttpContext context, string body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    private static int Number(string space) => int.Parse(space.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
}
