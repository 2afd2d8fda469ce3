using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Actions;
using Remediator.Core.Journal;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Work;

namespace Remediator.Grains.Records;

/// <summary>
/// On the replica that leads: tells people of playbooks that were lowered, again and again until they are raised, as with an escalation.
/// </summary>
internal sealed partial class DemotionNotice(
    People people, ILeader leader, PlaybookStandings standings, IDefinitions definitions, ClusterName cluster, EngineSettings settings,
    TimeProvider time, ILogger<DemotionNotice> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    /// <summary>People's systems forget an alert after so many missing repeats.</summary>
    private const int ExpiresAfter = 5;

    private readonly Dictionary<string, Notification> _told = new(StringComparer.Ordinal);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                if (leader.Leads && settings.Demotes && standings.Current is { } current)
                {
                    await NotifyAsync(current.Lowered(definitions.Current.Playbooks), stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.NotTold(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task NotifyAsync(IReadOnlyDictionary<string, Standing> lowered, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var raised = _told.Where(t => !lowered.ContainsKey(t.Key)).ToList();
        var repeat = settings.Scaled(Repeat);
        var due = now >= _next || !lowered.Keys.All(_told.ContainsKey);
        if (due)
        {
            _next = now + repeat;
        }

        raised.ForEach(r => _told.Remove(r.Key));
        foreach (var (playbook, standing) in due ? lowered : new Dictionary<string, Standing>())
        {
            _told[playbook] = Notification(playbook, standing, now + (repeat * ExpiresAfter));
        }

        await Task.WhenAll(raised.Select(r => r.Value with { EndsAt = now })
            .Concat(due ? _told.Values : [])
            .Select(n => people.NotifyAsync("demotion", n, stopping)));
    }

    private Notification Notification(string playbook, Standing standing, DateTimeOffset endsAt) => new()
    {
        IncidentId = standing.Because!,
        Resource = $"playbook {playbook}",
        Labels = new Dictionary<string, string> { ["cluster"] = cluster.Name, ["resource"] = $"playbook {playbook}" },
        Problem = "playbook-demoted",
        Severity = "warning",
        Message = $"Playbook {playbook} may do no more than {standing.Ceiling.ToString().ToLowerInvariant()} until a person "
            + $"raises it again: remediator promote {playbook}",
        Reason = standing.Reason,
        Tried = [],
        Evidence = "",
        StartsAt = standing.Since,
        EndsAt = endsAt,
    };

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2703, Level = LogLevel.Error, Message = "People could not be told of playbooks that were lowered; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
