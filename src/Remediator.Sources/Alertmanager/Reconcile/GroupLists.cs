using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>What the replicas of a group list. Which of them does not answer is told once.</summary>
internal sealed partial class GroupLists(AlertmanagerLists lists, SilenceWatch silences, ILogger<GroupLists> logger)
{
    private readonly HashSet<string> _away = new(StringComparer.Ordinal);

    /// <summary>
    /// Those alerts that are routed to us, and of those that we know and that are not among them, whether they fire all the same. A replica
    /// that fails at either has not answered.
    /// </summary>
    public async Task<IReadOnlyList<AlertmanagerReading>> ReadAsync(
        AlertmanagerGroup group, IReadOnlyList<ActiveAlert> known, CancellationToken cancellationToken)
    {
        var ours = silences.OurIds(group.Source);
        var forUs = await EachAsync(AlertmanagerReplica.Of(group), at => lists.ForUsAsync(at, ours, cancellationToken));
        var listed = forUs.SelectMany(r => r.Reading.Alerts).Select(l => l.Alert.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var missing = known.Where(k => !listed.Contains(k.Fingerprint)).Select(k => k.Name).ToList();
        if (missing.Count == 0)
            return [.. forUs.Select(r => r.Reading)];

        var elsewhere = await EachAsync(forUs.Select(r => r.At), at => lists.NamedAsync(at, missing, ours, cancellationToken));
        return [.. from read in forUs join other in elsewhere on read.At equals other.At select read.Reading with { Alerts = [
            .. read.Reading.Alerts, .. other.Reading.Alerts] }];
    }

    /// <summary>Those of these names, whoever they are routed to.</summary>
    public async Task<IReadOnlyList<AlertmanagerReading>> NamedAsync(
        AlertmanagerGroup group, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var ours = silences.OurIds(group.Source);
        return [.. (await EachAsync(AlertmanagerReplica.Of(group), at => lists.NamedAsync(at, names, ours, cancellationToken)))
            .Select(r => r.Reading)];
    }

    private async Task<IReadOnlyList<(AlertmanagerReplica At, AlertmanagerReading Reading)>> EachAsync(
        IEnumerable<AlertmanagerReplica> replicas, Func<AlertmanagerReplica, Task<AlertmanagerReading>> ask)
    {
        var read = await Task.WhenAll(replicas.Select(async at => (At: at, Reading: await TryAsync(at, ask))));
        return [.. read.Where(r => r.Reading is not null).Select(r => (r.At, r.Reading!))];
    }

    private async Task<AlertmanagerReading?> TryAsync(AlertmanagerReplica at, Func<AlertmanagerReplica, Task<AlertmanagerReading>> ask)
    {
        try
        {
            var reading = await ask(at);
            if (Change(at, away: false))
                Log.Back(logger, at.Url);
            return reading;
        }
        catch (HttpRequestException e)
        {
            if (Change(at, away: true))
                Log.Away(logger, at.Group.Source, e.Message);
            return null;
        }
    }

    private bool Change(AlertmanagerReplica at, bool away)
    {
        lock (_away)
        {
            return away ? _away.Add(at.Url) : _away.Remove(at.Url);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1101,
            Level = LogLevel.Warning,
            Message = "A list of alerts of {Source} cannot be read, so that it shows neither what the webhook misses nor "
                + "that an alert is over: {Reason}")]
        public static partial void Away(ILogger logger, string source, string reason);

        [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "Alertmanager's list of alerts at {Url} can be read again")]
        public static partial void Back(ILogger logger, string url);
    }
}
