using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;

namespace Remediator.Journal.Archive;

/// <summary>
/// Archives what has become old and deletes what has had its time, an hour after the start and then every hour, on one replica at a time.
/// </summary>
internal sealed partial class ArchiveService(
    Archiver archiver, Retention retention, ILeases leases, TimeProvider time, ILogger<ArchiveService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly string _owner = $"{Environment.MachineName}-{Guid.NewGuid():n}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (archiver.Folder is null)
            Log.Nowhere(logger);

        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await leases.HoldAsync("archive", _owner, Every, stoppingToken)
                    && await archiver.RunAsync(stoppingToken) is not null)
                {
                    // one file after another, until nothing is old enough
                }

                if (await leases.HoldAsync("archive", _owner, Every, stoppingToken))
                    await retention.RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e.Message, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7202, Level = LogLevel.Warning, Message = "Nothing could be archived: {Reason}")]
        public static partial void Failed(ILogger logger, string reason, Exception fault);

        [LoggerMessage(
            EventId = 7203,
            Level = LogLevel.Information,
            Message = "Old entries stay in the database: to archive them, set Journal:ArchiveFolder to a persistent volume")]
        public static partial void Nowhere(ILogger logger);
    }
}
