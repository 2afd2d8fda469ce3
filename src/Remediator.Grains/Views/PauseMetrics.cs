using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Grains.Metrics;
using Remediator.Grains.Records;

namespace Remediator.Grains.Views;

/// <summary>
/// Shows to those who watch the engine what keeps it from working until a person says otherwise, lest it be forgotten: pauses, and
/// playbooks that were lowered.
/// </summary>
internal sealed partial class PauseMetrics : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly PauseView _pauses;
    private readonly IPauseSwitch _switch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IReadOnlyList<Pause> _standing = [];
    private DateTimeOffset? _switchedAt;

    public PauseMetrics(
        PauseView pauses, IPauseSwitch @switch, PlaybookStandings standings, IDefinitions definitions, EngineMetrics metrics,
        TimeProvider time, ILogger<PauseMetrics> logger)
    {
        (_pauses, _switch, _time, _logger) = (pauses, @switch, time, logger);
        metrics.Observe(
            "remediator_pause_age_seconds",
            "Age of each pause; for the pause file, since this process first saw it, and 0 while it does not exist.",
            "scope",
            Ages);
        metrics.Observe(
            "remediator_playbook_lowered",
            "1 if a playbook may do less than its file says, because of its record.",
            "playbook",
            () => Lowered(standings.Current ?? Standings.Empty, definitions.Current.Playbooks));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                // what cannot be read for a moment keeps its last value
                _standing = await _pauses.ReadAsync() is { Problem: null } reading ? reading.Pauses : _standing;
                _switchedAt = _switch.Reason is null ? null : _switchedAt ?? _time.GetUtcNow();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotRead(_logger, e);
            }

            await Task.Delay(Interval, _time, stoppingToken);
        }
    }

    private IEnumerable<(string, long)> Ages()
    {
        var now = _time.GetUtcNow();
        return [("the file", Age(_switchedAt ?? now)), .. _standing.Where(p => !p.IsOver(now)).Select(p => (p.Scope, Age(p.Since)))];

        long Age(DateTimeOffset since) => (long)(now - since).TotalSeconds;
    }

    private static IEnumerable<(string, long)> Lowered(Standings standings, IReadOnlyDictionary<string, Playbook> playbooks)
    {
        var lowered = standings.Lowered(playbooks);
        return playbooks.Keys.Select(p => (p, lowered.ContainsKey(p) ? 1L : 0L));
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2813, Level = LogLevel.Warning, Message = "What is paused could not be read for the metrics; trying again soon")]
        public static partial void NotRead(ILogger logger, Exception e);
    }
}
