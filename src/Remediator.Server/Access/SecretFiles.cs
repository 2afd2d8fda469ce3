using System.Collections.Concurrent;
using Remediator.Core.Language;
using Remediator.Core.Secrets;

namespace Remediator.Server.Access;

/// <summary>
/// Looks once a second at each file that was asked for. A new text is used once two looks in a row have found it, so that no half of one
/// is; what cannot be used is told once, and the text before it stays in use.
/// </summary>
internal sealed partial class SecretFiles(TimeProvider time, ILogger<SecretFiles> logger) : BackgroundService, ISecrets
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Kept> _files = new(StringComparer.Ordinal);

    public string Read(string path, int shortest = 1) => _files.GetOrAdd(path, p => new(p, shortest)).Text;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    internal void Look()
    {
        foreach (var file in _files.Values)
            Look(file);
    }

    private void Look(Kept file)
    {
        var (text, fault) = TryRead(file.Path, file.Shortest);
        var before = file.Fault;
        file.Fault = fault;
        if (fault is not null)
        {
            file.Seen = null;
            if (before != fault)
                Log.NotUsed(logger, file.Path, fault);
        }
        else if (text == file.Text)
        {
            file.Seen = null;
        }
        else if (text == file.Seen)
        {
            (file.Text, file.Seen) = (text!, null);
            Log.Replaced(logger, file.Path);
        }
        else
        {
            file.Seen = text;
        }
    }

    private static (string? Text, string? Fault) TryRead(string path, int shortest)
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            return text.Split('\n').FirstOrDefault(line => line.Trim().Length < shortest && line.Trim().Length > 0) is { } line
                ? (null, $"it has {Plural.Of(line.Trim().Length, "character")}, and at least {shortest} are needed")
                : text.Length == 0 ? (null, "it is empty") : (text, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    /// <exception cref="IOException">The file cannot be used, and there is no text before it.</exception>
    private sealed class Kept(string path, int shortest)
    {
        private volatile string _text = TryRead(path, shortest) is ({ } text, _)
            ? text
            : throw new IOException($"{path} cannot be used: {TryRead(path, shortest).Fault}.");

        public string Path => path;

        public int Shortest => shortest;

        public string Text { get => _text; set => _text = value; }

        /// <summary>Another text, that the last look has found for the first time.</summary>
        public string? Seen { get; set; }

        public string? Fault { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 8201, Level = LogLevel.Information, Message = "{File} was replaced; its new text is used from now on")]
        public static partial void Replaced(ILogger logger, string file);

        [LoggerMessage(
            EventId = 8202, Level = LogLevel.Warning, Message = "{File} cannot be used: {Fault}; the previous content stays in use")]
        public static partial void NotUsed(ILogger logger, string file, string fault);
    }
}
