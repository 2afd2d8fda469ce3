using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Publishing;
using Remediator.Facts.Watching;
using Remediator.Testing;

namespace Remediator.Facts.Tests.Watching;

internal sealed class LogOfFacts : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
        // nothing is open
    }
}

/// <summary>This project as a server runs it.</summary>
internal sealed class RunningFacts : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningFacts(IHost host, LogOfFacts log) => (_host, Log) = (host, log);

    /// <summary>What it has logged, of every level.</summary>
    public LogOfFacts Log { get; }

    public IFactViews Views => _host.Services.GetRequiredService<IFactViews>();

    public IWatchStatuses Statuses => _host.Services.GetRequiredService<IWatchStatuses>();


    public static async Task<RunningFacts> StartAsync(KubernetesConnection connection, FactsOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var log = new LogOfFacts();
        builder.Services.AddLogging(l => l.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        builder.Services.AddFacts(connection, options);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host, log);
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
