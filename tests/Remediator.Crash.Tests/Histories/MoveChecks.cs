using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Crash.Tests.Histories;

/// <summary>An alert is about one resource at a time: never about two in the end, and about none only once it is over.</summary>
internal static class MoveChecks
{
    public static IEnumerable<Fault> Faults(History history)
    {
        var places = new Dictionary<string, HashSet<ResourceKey>>(StringComparer.Ordinal);
        foreach (var entry in history.Entries)
        {
            if (entry.Event is AlertObserved { Alert: var alert })
                (places.TryGetValue(alert.Fingerprint, out var known) ? known : places[alert.Fingerprint] = []).Add(entry.Resource);
            else if (entry.Event is AlertCleared cleared)
                places.GetValueOrDefault(
                    AlertSource.FingerprintOf(cleared.Fingerprint, AlertSource.Of(cleared.Fingerprint)))?.Remove(entry.Resource);
        }

        foreach (var (fingerprint, at) in places.Where(p => p.Value.Count > 1))
            yield return new(
                FaultKind.Doubled,
                $"alert {fingerprint} is at {string.Join(" and ", at.Select(r => r.Display).Order(StringComparer.Ordinal))}");
        foreach (var alert in history.Accepted.GroupBy(a => a.Fingerprint))
        {
            var newest = alert.Max(a => a.StartsAt);
            if (!alert.Any(a => a.StartsAt == newest && a.Status is AlertStatus.Resolved)
                && places.TryGetValue(alert.Key, out var at)
                && at.Count == 0)
                yield return new(FaultKind.Lost, $"the alert of {alert.First().About} still fires, and no resource has it");
        }
    }
}
