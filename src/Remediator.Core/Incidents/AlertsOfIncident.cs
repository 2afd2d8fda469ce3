namespace Remediator.Core.Incidents;

/// <summary>
/// The alerts that an incident keeps. A deployment whose pods crash makes a new one with each pod, for weeks: the document is written with
/// every decision, so what is over goes, and of more alerts than anybody looks at only the ids are kept.
/// </summary>
internal static class AlertsOfIncident
{
    public const int MostListed = 500;
    public const int MostUnlisted = 2000;

    /// <summary>Of those that are over the newest stay, for who wants to know what it was.</summary>
    public const int MostOver = 10;

    /// <summary>Names and values of all labels of an incident's alerts, in characters.</summary>
    public const int MostLabels = 256 * 1024;

    public static bool Knows(Incident incident, string id) => incident.Alerts.ContainsKey(id) || incident.Unlisted.Contains(id);

    public static Incident Observe(Incident incident, string id, OpenAlert alert)
    {
        // an alert may come again with other labels: its fingerprint is whatever its sender says
        var others = incident.Alerts.Remove(id);
        if (others.IsEmpty || (others.Count < MostListed && Size(alert) + others.Values.Sum(Size) <= MostLabels))
        {
            return Pruned(incident with { Alerts = others.SetItem(id, alert), Unlisted = incident.Unlisted.Remove(id) });
        }

        if (!alert.Firing)
        {
            return Clear(incident, id);
        }

        return incident.Unlisted.Contains(id) || (incident.Unlisted.Count == MostUnlisted && !incident.Alerts.ContainsKey(id))
            ? incident
            : incident with { Alerts = others, Unlisted = incident.Unlisted.Add(id) };
    }

    public static Incident Clear(Incident incident, string id) => incident switch
    {
        _ when incident.Alerts.TryGetValue(id, out var alert) =>
            Pruned(incident with { Alerts = incident.Alerts.SetItem(id, alert with { Firing = false }) }),
        _ when incident.Unlisted.Contains(id) => incident with { Unlisted = incident.Unlisted.Remove(id), Gone = incident.Gone + 1 },
        _ => incident,
    };

    /// <summary>The alerts of one incident go to another.</summary>
    public static Incident Merge(Incident into, Incident from) =>
        from.Unlisted.Aggregate(
            from.Alerts.Aggregate(into with { Gone = into.Gone + from.Gone }, (all, a) => Observe(all, a.Key, a.Value)),
            (all, id) => Knows(all, id) || all.Unlisted.Count == MostUnlisted ? all : all with { Unlisted = all.Unlisted.Add(id) });

    private static Incident Pruned(Incident incident)
    {
        var over = incident.Alerts.Where(a => !a.Value.Firing)
            .OrderByDescending(a => a.Value.StartsAt)
            .ThenBy(a => a.Key, StringComparer.Ordinal)
            .Skip(MostOver)
            .Select(a => a.Key)
            .ToList();
        return over.Count == 0 ? incident : incident with { Alerts = incident.Alerts.RemoveRange(over), Gone = incident.Gone + over.Count };
    }

    private static int Size(OpenAlert alert) => Size(alert.Labels) + Size(alert.Own);

    private static int Size(IReadOnlyDictionary<string, string> labels) => labels.Sum(l => l.Key.Length + l.Value.Length);
}
