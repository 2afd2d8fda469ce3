using Remediator.Core.Actions;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Resources;

namespace Remediator.Grains.Records;

/// <summary>Tells people of playbooks that were lowered, again and again until they are raised, as with an escalation.</summary>
internal sealed class DemotionNotice(People people, ClusterName cluster, EngineSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    /// <summary>People's systems forget an alert after so many missing repeats.</summary>
    private const int Forgotten = 5;

    private readonly Dictionary<string, Notification> _told = new(StringComparer.Ordinal);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public async Task TellAsync(Standings standings, IReadOnlyDictionary<string, Playbook> playbooks, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var lowered = standings.Lowered(playbooks);
        foreach (var over in _told.Keys.Except(lowered.Keys).ToList())
        {
            await people.TellAsync(_told[over] with { EndsAt = now }, stopping);
            _told.Remove(over);
        }

        if (now < _next && lowered.Keys.All(_told.ContainsKey))
        {
            return;
        }

        var repeat = settings.Scaled(Repeat);
        _next = now + repeat;
        foreach (var (playbook, standing) in lowered)
        {
            _told[playbook] = Notification(playbook, standing, now + (repeat * Forgotten));
            await people.TellAsync(_told[playbook], stopping);
        }
    }

    private Notification Notification(string playbook, Standing standing, DateTimeOffset endsAt) => new()
    {
        IncidentId = standing.Because!,
        Resource = $"playbook {playbook}",
        Labels = new Dictionary<string, string> { ["cluster"] = cluster.Name, ["resource"] = $"playbook {playbook}" },
        Problem = "playbook-demoted",
        Severity = "warning",
        Message = $"Playbook {playbook} may do no more than {standing.Ceiling.ToString().ToLowerInvariant()} until a person raises it again: remediator promote {playbook}",
        Reason = standing.Reason,
        Tried = [],
        Evidence = "",
        StartsAt = standing.Since,
        EndsAt = endsAt,
    };
}
