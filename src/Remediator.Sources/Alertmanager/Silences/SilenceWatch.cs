using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Safety;
using Remediator.Sources.Alertmanager.Reconcile;

namespace Remediator.Sources.Alertmanager.Silences;

/// <summary>Keeps the silences of all Alertmanagers at hand, on every replica. Those of a set share theirs, so one that answers is enough.</summary>
internal sealed partial class SilenceWatch(AlertmanagerLists lists, IOptions<AlertmanagerSourceOptions> options, TimeProvider time, ILogger<SilenceWatch> logger)
    : BackgroundService, ISilences
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private volatile SilenceReading _current = new([], null, "");

    public SilenceReading Current => _current;

    /// <summary>Those that the engine has made and that stand.</summary>
    public IReadOnlyList<Silence> Ours => [.. _current.Silences.Where(s => s.CreatedBy == Silence.Ours && time.GetUtcNow() < s.EndsAt)];

    public IReadOnlySet<string> OurIds => Ours.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Before it is read for the first time.</summary>
    public void Remember(Silence silence) => _current = _current with { Silences = [.. _current.Silences.Where(s => s.Id != silence.Id), silence] };

    public void Forget(string id) => _current = _current with { Silences = [.. _current.Silences.Where(s => s.Id != id)] };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await ReadAsync(stoppingToken);
            await Task.Delay(_current.Problem.Length > 0 ? Retry : Every, time, stoppingToken);
        }
    }

    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        var before = _current;
        var now = time.GetUtcNow();
        var read = await Task.WhenAll(options.Value.Urls.Select(url => ReadAsync(url, cancellationToken)));
        var silences = read.Select(r => r.Silences).OfType<IReadOnlyList<Silence>>().ToList();
        _current = silences.Count > 0
            ? new([.. silences.SelectMany(s => s).DistinctBy(s => s.Id)], now, "")
            : before with { Problem = string.Join(" ", read.Select(r => r.Problem)) };
        if (_current.Problem.Length > 0 && before.Problem.Length == 0)
            Log.Away(logger, _current.Problem);
        if (_current.Problem.Length == 0 && before.Problem.Length > 0)
            Log.Back(logger);
    }

    private async Task<(IReadOnlyList<Silence>? Silences, string Problem)> ReadAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            return (await lists.SilencesAsync(url, cancellationToken), "");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, e is HttpRequestException ? e.Message : $"{url}: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "No Alertmanager's silences can be read, so that nothing is changed once what was read is old: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "Alertmanager's silences can be read again")]
        public static partial void Back(ILogger logger);
    }
}
