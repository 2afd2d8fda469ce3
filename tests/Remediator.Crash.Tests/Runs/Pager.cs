using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Remediator.Crash.Tests.Histories;

namespace Remediator.Crash.Tests.Runs;

/// <summary>Where people are told: takes every post but the first few.</summary>
internal sealed class Pager : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _failures;

    private Pager(WebApplication app, int failures) => (_app, _failures) = (app, failures);

    public string Url => $"{_app.Urls.First()}/notify";

    public ConcurrentDictionary<Heard, string> Heard { get; } = new();

    public static async Task<Pager> StartAsync(int failures)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var pager = new Pager(app, failures);
        app.MapPost("/notify", pager.TakeAsync);
        await app.StartAsync();
        return pager;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

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
