using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Publishing;
using Remediator.Facts.Watching;
using Remediator.Testing;

namespace Remediator.Facts.Tests.Watching;

/// <summary>This project as a server runs it.</summary>
internal sealed class RunningFacts : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningFacts(IHost host) => _host = host;

    public IFactViews Views => _host.Services.GetRequiredService<IFactViews>();

    public IWatchStatuses Statuses => _host.Services.GetRequiredService<IWatchStatuses>();


    public static async Task<RunningFacts> StartAsync(KubernetesConnection connection, FactsOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLogging(l => l.ClearProviders());
        builder.Services.AddFacts(connection, options);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    /// <summary>Waits for a view in which the condition holds.</summary>
    /// <returns>That view; the next one may be there already.</returns>
    public Task<ViewStatus> AwaitAsync(string what, Func<ViewStatus, bool> condition) => Wait.ForAsync(
        what, () => Task.FromResult(Views.Current is var now && condition(now) ? now : null), TestContext.Current.CancellationToken, () =>
        {
            var now = Views.Current;
            var watches = string.Join("\n", Statuses.Watches.Select(w => $"{w.Kind}: {w.ProvenAt:O} {w.Problem} {w.Missing}"));
            return Task.FromResult($"The view is {now.State}, version {now.View.Version}, fresh at {now.FreshAt:O}: "
                + $"{now.Problem}\n{watches}\n{string.Join("\n", now.View.All.Take(50))}");
        });

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await _host.StopAsync(patience.Token);
        _host.Dispose();
        Assert.False(patience.IsCancellationRequested, "The watches did not stop within 15 s.");
    }
}
