using System.Collections.Frozen;

namespace Remediator.Core.Incidents;

/// <summary>The labels of an incident's alerts by which people's routes find a team: those that all of its alerts share.</summary>
internal static class RouteLabels
{
    /// <summary>They say where an alert was measured or what it is about, and change from one to the next.</summary>
    private static readonly FrozenSet<string> NoRoute = new[]
    {
        "alertname", "severity", "pod", "pod_ip", "container", "container_id", "instance", "endpoint", "uid", "node", "job", "service",
        "prometheus", "prometheus_replica", "replica", "__replica__", "id", "name", "image", "image_id", "image_spec", "reason", "exitcode",
        "phase", "condition", "status", "device", "mountpoint", "resource", "problem", "incident",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Of(Incident incident)
    {
        var alerts = (incident.IsFiring ? incident.Alerts.Values.Where(a => a.Firing) : incident.Alerts.Values).Select(a => a.Own).ToList();
        return alerts.Count == 0
            ? FrozenDictionary<string, string>.Empty
            : alerts[0].Where(l => !NoRoute.Contains(l.Key) && alerts.TrueForAll(a => a.GetValueOrDefault(l.Key) == l.Value))
                .ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);
    }
}
