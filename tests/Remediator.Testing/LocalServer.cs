using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Remediator.Testing;

/// <summary>A web server in this process, at a free port of this machine.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public LocalServer(string address = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{address}:0");
        _app = builder.Build();
    }

    /// <summary>Once it has started.</summary>
    public string Url => _app.Urls.First();

    /// <param name="answer">Says who answers what.</param>
    public Task StartAsync(Action<WebApplication> answer)
    {
        answer(_app);
        return _app.StartAsync();
    }

    /// <summary>From now on nobody listens there, and who is connected is cut off.</summary>
    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }
}
