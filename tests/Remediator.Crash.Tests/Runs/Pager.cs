using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Remediator.Crash.Tests.Histories;
using Remediator.Testing;

namespace Remediator.Crash.Tests.Runs;

/// <summary>Where people are told: takes every post but the first few.</summary>
internal sealed class Pager : IAsyncDisposable
{
    private readonly LocalServer _server = new();
    private int _failures;

    private Pager(int failures) => _failures = failures;

    public string Url => $"{_server.Url}/notify";

    public ConcurrentDictionary<Heard, string> Heard { get; } = new();

    public static async Task<Pager> StartAsync(int failures)
    {
        var pager = new Pager(failures);
        await pager._server.StartAsync(app => app.MapPost("/notify", pager.TakeAsync));
        return pager;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var told = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var incident = told.RootElement.GetProperty("incident").GetString()!;
        Heard.TryAdd(
            new(incident, told.RootElement.GetProperty("status").GetString() == "resolved"),
            told.RootElement.GetProperty("resource").GetString()!);
    }
}
