using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Remediator.Testing;

/// <summary>A request as it came over the wire.</summary>
public sealed record SeenRequest(string Method, string Path, string Query, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public DateTimeOffset At { get; } = TimeProvider.System.GetUtcNow();
}

/// <summary>An answer to give. Without a status the connection is left hanging until the caller gives up.</summary>
public sealed record Answer(
    int? Status, string Body = "", IReadOnlyDictionary<string, string>? Headers = null, string ContentType = "application/json");

/// <summary>A real HTTP endpoint in this process, for injected faults: answers as it is told, and remembers what it was asked.</summary>
public sealed class HttpEndpoint : IAsyncDisposable
{
    private readonly LocalServer _server = new();
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Answer>> _once = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Answer> _always = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _arrived = new(0);

    private HttpEndpoint()
    {
    }

    public Uri Url => new(_server.Url);

    public IReadOnlyList<SeenRequest> Requests => [.. _seen];

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>What is answered where nothing was arranged.</summary>
    public Answer Otherwise { get; set; } = new(404);

    public static async Task<HttpEndpoint> StartAsync()
    {
        var endpoint = new HttpEndpoint();
        await endpoint._server.StartAsync(app => app.Run(endpoint.AnswerAsync));
        return endpoint;
    }

    /// <summary>
    /// The next request of this method and path gets this answer; several are given in order, before <see cref="Always"/>.
    /// </summary>
    public HttpEndpoint Once(string method, string path, Answer answer)
    {
        _once.GetOrAdd($"{method} {path}", _ => new()).Enqueue(answer);
        return this;
    }

    public HttpEndpoint Always(string method, string path, Answer answer)
    {
        _always[$"{method} {path}"] = answer;
        return this;
    }

    public IReadOnlyList<SeenRequest> Of(string method, string path) => [.. _seen.Where(r => r.Method == method && r.Path == path)];

    /// <summary>Returns once one more request of this method and path has come.</summary>
    public async Task<SeenRequest> NextAsync(string method, string path, int count, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Wait.Patience);
        while (true)
        {
            if (Of(method, path) is var seen && seen.Count >= count)
                return seen[count - 1];

            try
            {
                await _arrived.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"No {method} {path} number {count} came within {Wait.Patience}; there were: "
                        + $"{string.Join(", ", _seen.Select(r => $"{r.Method} {r.Path}"))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var path = context.Request.Path.Value ?? "/";
        _seen.Enqueue(new(context.Request.Method, path, context.Request.QueryString.Value ?? "", body,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        _arrived.Release();
        await Gate.WaitAsync(context.RequestAborted);

        var key = $"{context.Request.Method} {path}";
        var answer = _once.TryGetValue(key, out var queue) && queue.TryDequeue(out var next)
            ? next
            : _always.GetValueOrDefault(key, Otherwise);
        if (answer.Status is not { } status)
        {
            var aborted = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers ?? new Dictionary<string, string>())
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }
}
