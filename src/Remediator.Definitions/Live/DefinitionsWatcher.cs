using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Remediator.Definitions.Live;

/// <summary>Reads the definitions again when a file of them has changed.</summary>
internal sealed partial class DefinitionsWatcher(
    LiveDefinitions definitions, DefinitionsOptions options, TimeProvider time, ILogger<DefinitionsWatcher> logger) : BackgroundService
{
    /// <summary>The files of a mounted ConfigMap are links through this one, and it alone is replaced.</summary>
    private const string MountedVersion = "..data";

    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rules = Watch(options.Rules);
        using var playbooks = Watch(options.Playbooks);
        using var policy = options.Policy is { } file ? Watch(Path.GetDirectoryName(file)!, Path.GetFileName(file), MountedVersion) : null;
        while (!stoppingToken.IsCancellationRequested)
        {
            await ChangeAsync(stoppingToken);
            try
            {
                definitions.Reload();
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.ReloadFailed(logger, e);
            }
        }
    }

    /// <summary>Completes when something changed and then stayed as it is for a moment, and every now and then without a change.</summary>
    private async Task ChangeAsync(CancellationToken stoppingToken)
    {
        if (!await SignalAsync(options.Recheck, stoppingToken)) return;
        while (await SignalAsync(options.Settle, stoppingToken))
        {
        }
    }

    private async Task<bool> SignalAsync(TimeSpan within, CancellationToken stoppingToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var signal = _changes.Reader.WaitToReadAsync(timeout.Token).AsTask();
        var first = await Task.WhenAny(signal, Task.Delay(within, time, timeout.Token));
        await timeout.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
        return first == signal && _changes.Reader.TryRead(out _);
    }

    /// <param name="names">None for every file below the folder.</param>
    private FileSystemWatcher? Watch(string folder, params string[] names)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = names.Length == 0 };
            Array.ForEach(names, watcher.Filters.Add);
            watcher.Changed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Created += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Error += (_, _) => _changes.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException)
        {
            Log.NotWatched(logger, folder, options.Recheck, e);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 6003, Level = LogLevel.Warning,
            Message = "{Folder} cannot be watched; its files are compared every {Recheck} instead")]
        public static partial void NotWatched(ILogger logger, string folder, TimeSpan recheck, Exception exception);

        [LoggerMessage(
            EventId = 6004, Level = LogLevel.Error, Message = "The definitions could not be read again; the earlier ones stay in force")]
        public static partial void ReloadFailed(ILogger logger, Exception exception);
    }
}
