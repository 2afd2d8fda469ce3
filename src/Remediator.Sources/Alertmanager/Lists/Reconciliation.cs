using System.Collections.Immutable;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;

namespace Remediator.Sources.Alertmanager.Lists;

/// <summary>An alert as Alertmanager's list of alerts has it.</summary>
/// <param name="IsForUs">It is routed to our receiver.</param>
/// <param name="IsMuted">
/// Somebody else has silenced it, or it is inhibited: the webhook says nothing of it, and that is as it should be.
/// </param>
internal sealed record ListedAlert(Alert Alert, bool IsForUs, bool IsMuted);

/// <summary>What one Alertmanager lists as firing.</summary>
/// <param name="UpFor">
/// How long ago it was started, by its own clock: what it knew before is forgotten, and Prometheus has to tell it again.
/// </param>
internal sealed record AlertmanagerReading(TimeSpan UpFor, IReadOnlyList<ListedAlert> Alerts);

/// <summary>
/// Finds what the webhook of one group has missed: an end that never came, alerts that were cut off or came while nobody listened. A
/// difference is told when two rounds in a row have seen it, since the webhook may just be on its way. Only the group itself can show that
/// an alert of its own is over, and only where one of its replicas has answered; of the alerts of others it proves nothing.
/// </summary>
/// <param name="Tell">What the inbox must be told now.</param>
/// <param name="Unheard">Alerts that fire and that we do not know, by <see cref="Alert.DedupeKey"/>.</param>
/// <param name="Absent">Fingerprints of the group's alerts that we take for firing and no replica lists.</param>
/// <param name="Told">
/// When a difference was last told that is still there, by <see cref="Alert.DedupeKey"/>: an alert that the engine cannot take is told
/// now and then, and not in each round.
/// </param>
internal sealed record Reconciliation(
    IReadOnlyList<Alert> Tell, ImmutableHashSet<string> Unheard, ImmutableHashSet<string> Absent,
    ImmutableDictionary<string, DateTimeOffset> Told)
{
    /// <summary>The way by which such alerts come in, in the journal.</summary>
    public const string Way = "alertmanager-list";

    public static readonly Reconciliation None = new([], [], [], ImmutableDictionary<string, DateTimeOffset>.Empty);

    /// <summary>So many rounds old, a difference is no delay of the webhook.</summary>
    private const int LateAfter = 2;

    /// <summary>So many rounds after its start an Alertmanager has been told everything again; before, its silence says nothing.</summary>
    public const int InformedAfter = 5;

    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(30);

    /// <param name="readings">Of every replica that answered, all taken after <paramref name="known"/> was read.</param>
    /// <param name="known">Alerts of the group that the store takes for firing.</param>
    /// <param name="every">Time between two rounds.</param>
    public Reconciliation Next(
        IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known, DateTimeOffset now, TimeSpan every) =>
        Next(readings, known, now, every, InformedAfter * every);

    /// <param name="informedAfter">So long after its start an Alertmanager's silence says something.</param>
    public Reconciliation Next(
        IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known, DateTimeOffset now, TimeSpan every,
        TimeSpan informedAfter)
    {
        var listed = readings.SelectMany(r => r.Alerts).GroupBy(l => l.Alert.Fingerprint, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MinBy(l => l.Alert.StartsAt)!, StringComparer.Ordinal);
        var unheard = Missed(listed.Values, known, now - (LateAfter * every)).ToDictionary(a => a.DedupeKey, StringComparer.Ordinal);
        var absent = readings.Any(r => r.UpFor >= informedAfter)
            ? known.Where(k => !listed.ContainsKey(k.Fingerprint) && k.LastSeen <= now - (LateAfter * every))
                .ToDictionary(k => k.Fingerprint, StringComparer.Ordinal)
            : [];
        List<Alert> differ =
        [
            .. unheard.Where(a => Unheard.Contains(a.Key)).Select(a => a.Value),
            .. absent.Where(k => Absent.Contains(k.Key)).Select(k => Ended(k.Value, now)),
            .. Repeated(listed, known, now),
        ];
        var keys = differ.Select(a => a.DedupeKey).ToHashSet(StringComparer.Ordinal);
        var told = Told.Where(t => now - t.Value < RepeatAfter && keys.Contains(t.Key)).ToImmutableDictionary();
        List<Alert> tell = [.. differ.Where(a => !told.ContainsKey(a.DedupeKey))];
        return new(tell, [.. unheard.Keys], [.. absent.Keys], told.SetItems(tell.Select(a => KeyValuePair.Create(a.DedupeKey, now))));
    }

    /// <summary>A muted alert that is new to us is left alone: somebody wanted it so.</summary>
    private static IEnumerable<Alert> Missed(
        IEnumerable<ListedAlert> listed, IReadOnlyList<ActiveAlert> known, DateTimeOffset startedBefore)
    {
        var startOf = known.ToDictionary(k => k.Fingerprint, k => k.StartsAt, StringComparer.Ordinal);
        return from l in listed
               where l is { IsForUs: true, IsMuted: false } && l.Alert.StartsAt <= startedBefore && !OwnAlerts.Includes(l.Alert)
               where !startOf.TryGetValue(l.Alert.Fingerprint, out var start) || start < l.Alert.StartsAt
               select l.Alert;
    }

    private static Alert Ended(ActiveAlert alert, DateTimeOffset now) => new()
    {
        Name = alert.Name,
        Status = AlertStatus.Resolved,
        Labels = alert.Labels,
        StartsAt = alert.StartsAt,
        EndsAt = now,
        Fingerprint = alert.Fingerprint,
        Source = alert.Source,
    };

    /// <summary>Alertmanager may repeat more seldom than we believe an alert that is not repeated, and never where it is muted.</summary>
    private static IEnumerable<Alert> Repeated(
        Dictionary<string, ListedAlert> listed, IReadOnlyList<ActiveAlert> known, DateTimeOffset now) =>
        from k in known
        where now - k.LastSeen > RepeatAfter && listed.ContainsKey(k.Fingerprint)
        select listed[k.Fingerprint].Alert with { StartsAt = k.StartsAt };
}
