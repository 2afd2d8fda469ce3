using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Core.Worlds;
using Remediator.Grains.Inbox;
using Remediator.Grains.Turn;
using Remediator.Grains.Work;

namespace Remediator.Grains;

/// <summary>
/// The first thing at a shutdown, while alerts are still taken in and the silo still talks to the others: nothing is pumped any more, and
/// what is being done comes to its outcome or is left with its intent.
/// </summary>
internal sealed partial class Drain(
    InboxPump inbox, DueWorkPump dueWork, ActionRunner runner, EngineSettings settings, ILogger<Drain> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Begins(logger, runner.Count);
        await Task.WhenAll(inbox.StopAsync(cancellationToken), dueWork.StopAsync(cancellationToken));
        await runner.DrainAsync(settings.ShutdownGrace, cancellationToken);
        Failpoint.Hit("during-shutdown");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2701, Level = LogLevel.Information, Message = "This server is shutting down; jobs still running: {Count}")]
        public static partial void Begins(ILogger logger, int count);
    }
}
