using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Alertmanager.Routes;

/// <summary>
/// Reads each minute whether the configuration of each group of Alertmanagers lets alerts come here. Replicas are configured alike, so the
/// first that answers is enough; a group of which none does keeps what was last read, since others tell that it is away.
/// </summary>
internal sealed partial class RouteWatch(
    AlertmanagerLists lists, IAlertRouteReader reader, IOptions<AlertmanagerGroups> options, TimeProvider time,
    ILogger<RouteWatch> logger) : BackgroundService, IAlertRoutes
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Problems =>
        _problems.Where(p => p.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    internal Task ReadAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(options.Value.All.Where(g => g.Urls.Count > 0).Select(g => ReadAsync(g, cancellationToken)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            await ReadAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReadAsync(AlertmanagerGroup group, CancellationToken cancellationToken)
    {
        foreach (var at in AlertmanagerReplica.Of(group))
        {
            try
            {
                Note(group, Problem(group, await lists.ConfigurationAsync(at, cancellationToken)));
                return;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // GroupLists and SilenceWatch tell of it; nothing that only informs ends the program
            }
        }
    }

    private string Problem(AlertmanagerGroup group, string configuration)
    {
        try
        {
            return reader.Read(configuration).Problem(group);
        }
        catch (FormatException e)
        {
            return $"whether alerts are routed here is not known, since its configuration cannot be read: {e.Message}";
        }
    }

    private void Note(AlertmanagerGroup group, string problem)
    {
        var before = _problems.GetValueOrDefault(group.Source, "");
        _problems[group.Source] = problem;
        if (problem != before && problem.Length > 0)
            Log.Missed(logger, group.Source, problem);
        if (problem != before && problem.Length == 0)
            Log.Routed(logger, group.Source);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1111, Level = LogLevel.Warning, Message = "Alerts of {Source} do not come here: {Reason}")]
        public static partial void Missed(ILogger logger, string source, string reason);

        [LoggerMessage(EventId = 1112, Level = LogLevel.Information, Message = "Alerts of {Source} are routed here again")]
        public static partial void Routed(ILogger logger, string source);
    }
}
