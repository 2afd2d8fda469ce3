using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Remediator.Server.Serve;
using Remediator.Server.Settings;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

public sealed class AnnouncedServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Address_IsTold_AsSoonAsTheWebServerListens_WhateverElseIsStillStarting()
    {
        var folder = new DataFolder(_folder.Path);
        var slow = new SlowToStart();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(folder);
        builder.Services.AddAnnouncedServer();
        builder.Services.AddHostedService(_ => slow);
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        await using var app = builder.Build();
        app.Run(context => context.Response.CompleteAsync());

        var started = app.StartAsync(Token);
        await Wait.UntilAsync("the address of the web server", () => File.Exists(folder.Address), Token);

        Assert.False(started.IsCompleted);
        using var client = new HttpClient { BaseAddress = new(await File.ReadAllTextAsync(folder.Address, Token)) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/", UriKind.Relative), Token)).StatusCode);
        slow.GoOn.SetResult();
        await started;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>As the silo, while it joins the others.</summary>
    private sealed class SlowToStart : IHostedService
    {
        public TaskCompletionSource GoOn { get; } = new();

        public Task StartAsync(CancellationToken cancellationToken) => GoOn.Task;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
