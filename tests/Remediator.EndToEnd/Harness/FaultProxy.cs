using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Remediator.EndToEnd.Harness;

/// <summary>Stands before the API server, passes everything on, counts writes, and misbehaves when told to.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
        { "Host", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive", "Upgrade", "Proxy-Connection" };

    private readonly WebApplication _app;
    private readonly HttpClient _upstream;
    private readonly ConcurrentQueue<WriteAttempt> _attempts = new();
    private readonly ConcurrentDictionary<HttpContext, bool> _watches = new();
    private volatile TaskCompletionSource _flowing = Flowing();
    private volatile ProxyFault _fault;
    private int _met;

    private FaultProxy(HttpClient upstream)
    {
        _upstream = upstream;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Everything that the engine tried to change, in order.</summary>
    public IReadOnlyList<WriteAttempt> Attempts => [.. _attempts];

    /// <summary>Changes that the API server took.</summary>
    public IReadOnlyList<WriteAttempt> Writes => [.. _attempts.Where(a => a.Status is >= 200 and < 300)];

    /// <summary>Requests that the fault has met.</summary>
    public int Met => _met;

    /// <param name="kubeconfig">Of the cluster itself.</param>
    /// <param name="own">Where to write one that leads through the proxy.</param>
    public static async Task<FaultProxy> StartAsync(string kubeconfig, string own)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
        var authorities = configuration.SslCaCerts;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            if (certificate is not X509Certificate2 presented || authorities is null)
                return false;

            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            return chain.Build(presented);
        };
        if (configuration is { ClientCertificateData: { } certificate, ClientCertificateKeyData: { } key })
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Pem(certificate), Pem(key))];
        var proxy = new FaultProxy(new(handler) { BaseAddress = new(configuration.Host), Timeout = Timeout.InfiniteTimeSpan });
        await proxy._app.StartAsync();
        await File.WriteAllTextAsync(own, $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
              - name: test
                cluster:
                  server: {proxy._app.Urls.First()}
            users:
              - name: admin
                user:
                  token: "{configuration.AccessToken}"
            contexts:
              - name: test
                context:
                  cluster: test
                  user: admin
            """);
        return proxy;
    }

    /// <summary>From now on; watches that are open are treated alike at once.</summary>
    public void Begin(ProxyFault fault)
    {
        if (fault is ProxyFault.StallReads)
            _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fault = fault;
        if (fault is ProxyFault.CutWatches or ProxyFault.Gone)
            CutWatches();
    }

    public void End()
    {
        _fault = ProxyFault.None;
        _flowing.TrySetResult();
    }

    /// <summary>Breaks every watch that is open, in the middle.</summary>
    public void CutWatches()
    {
        foreach (var watch in _watches.Keys)
            watch.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        End();
        CutWatches();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _upstream.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        flowing.SetResult();
        return flowing;
    }

    private static string Pem(string base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64));

    private static bool IsWatch(HttpRequest request) =>
        request.Query.TryGetValue("watch", out var watch) && watch != "false" && watch != "0";

    /// <summary>What the view is made of; reads of one object and of logs are not.</summary>
    private static bool IsListOrWatch(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
            && (IsWatch(request) || request.Query.ContainsKey("limit") || request.Query.ContainsKey("resourceVersion"));

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (await MisbehaveAsync(context))
            {
                Interlocked.Increment(ref _met);
                return;
            }

            using var request = Forward(context.Request);
            using var response = await _upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (!HttpMethods.IsGet(context.Request.Method))
                _attempts.Enqueue(
                    new(context.Request.Method, context.Request.Path + context.Request.QueryString, (int)response.StatusCode));
            await AnswerAsync(context, response);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    /// <returns>True when the request has been dealt with.</returns>
    private async Task<bool> MisbehaveAsync(HttpContext context)
    {
        switch (_fault)
        {
            case ProxyFault.StallReads when IsListOrWatch(context.Request):
                await _flowing.Task.WaitAsync(context.RequestAborted);
                return false;
            case ProxyFault.CutWatches when IsListOrWatch(context.Request):
                context.Abort();
                return true;
            case ProxyFault.Gone when IsWatch(context.Request):
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(
                    """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410}}"""
                        + "\n",
                    context.RequestAborted);
                return true;
            default:
                return false;
        }
    }

    private static HttpRequestMessage Forward(HttpRequest incoming)
    {
        var request = new HttpRequestMessage(new(incoming.Method), incoming.Path.ToUriComponent() + incoming.QueryString);
        if (incoming.ContentLength > 0 || incoming.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(incoming.Body);
        foreach (var (name, values) in incoming.Headers)
        {
            if (!NotForwarded.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return request;
    }

    private async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in Enumerable.Concat<KeyValuePair<string, IEnumerable<string>>>(
            response.Headers, response.Content.Headers))
        {
            if (!NotForwarded.Contains(name))
                context.Response.Headers[name] = values.ToArray();
        }

        var isWatch = IsWatch(context.Request);
        if (isWatch)
            _watches[context] = true;
        try
        {
            await CopyAsync(await response.Content.ReadAsStreamAsync(context.RequestAborted), context, isWatch);
        }
        finally
        {
            _watches.TryRemove(context, out _);
        }
    }

    private async Task CopyAsync(Stream source, HttpContext context, bool isWatch)
    {
        await context.Response.StartAsync(context.RequestAborted);
        var buffer = new byte[32 * 1024];
        while (await source.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            if (isWatch)
                await _flowing.Task.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}

internal sealed record WriteAttempt(string Method, string Path, int Status);

internal enum ProxyFault
{
    None,
    /// <summary>Lists and watches of the topology get no answer, and open watches give nothing; writes would pass.</summary>
    StallReads,
    /// <summary>Watches break, and neither lists nor watches can be begun.</summary>
    CutWatches,
    /// <summary>Every watch says at once that its version is too old.</summary>
    Gone,
}
