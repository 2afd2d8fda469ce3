using System.Diagnostics.Metrics;

namespace Remediator.Server.Health;

/// <summary>
/// Asks now and then by itself what <c>/readyz</c> would answer, so that the metric tells it to alert rules, whoever probes.
/// </summary>
internal sealed partial class ReadinessWatch : BackgroundService
{
    public const string MeterName = "Remediator.Server";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger<ReadinessWatch> _logger;
    private volatile IReadOnlyList<ReadinessCheck> _checks = [];

    public ReadinessWatch(Readiness readiness, IMeterFactory meters, TimeProvider time, ILogger<ReadinessWatch> logger)
    {
        (_readiness, _time, _logger) = (readiness, time, logger);
        meters.Create(MeterName).CreateObservableGauge("remediator.ready", Observe, description: "1 if a check of /readyz passes, else 0.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _time);
        do
        {
            await CheckAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        try
        {
            _checks = (await _readiness.CheckAsync(stoppingToken)).Checks;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            _checks = [.. _checks.Select(c => c with { Ready = false })];
            Log.NotAsked(_logger, e);
        }
    }

    private IEnumerable<Measurement<int>> Observe() =>
        _checks.Select(c => new Measurement<int>(c.Ready ? 1 : 0, new KeyValuePair<string, object?>("check", c.Name)));

    private static partial class Log
    {
        [LoggerMessage(EventId = 8101, Level = LogLevel.Error, Message = "Whether this server is ready could not be checked")]
        public static partial void NotAsked(ILogger logger, Exception e);
    }
}
