using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains;

/// <summary>A row of the inbox and where it goes.</summary>
/// <param name="Elsewhere">The alert is about another resource now; this one only hears that it is over here.</param>
/// <param name="Replaces">Id under which the same alert was active before its source was known.</param>
internal sealed record RoutedRow(InboxRow Row, Alert Alert, Resolution To, string? Replaces = null, bool Elsewhere = false);

/// <summary>
/// Says which resource's grain an alert belongs to. One that is known stays where it is, so that its end finds its incident, whatever has
/// become of its pod; only a better answer moves it. One that was taken in before sources were written down has none: a group that says the
/// same becomes its source, and whoever has no group tells of it as before.
/// </summary>
internal sealed partial class AlertRouter(IResourceResolver resolver, ActiveAlerts active, ClusterName cluster, TimeProvider time, ILogger<AlertRouter> logger)
{
    /// <summary>Our own alerts are never subjects, and the probe of the health check is none.</summary>
    public static bool IsOurs(InboxRow row) => row.Source == HealthProbe.Source || OwnAlerts.Includes(row.Alert);

    public IEnumerable<RoutedRow> Route(InboxRow row)
    {
        if (IsOurs(row))
        {
            return [new(row, row.Alert, Ours(row))];
        }

        var found = Resolve(row);
        var sourceless = row.Alert.Source is null ? null : active.Find(row.Alert.Fingerprint) is { Source: null } nobodys ? nobodys : null;
        var alert = sourceless is not null && row.Alert.Source == AlertSource.Unlisted && active.Find(row.Alert.Id) is null ? row.Alert with { Source = null } : row.Alert;
        var replaces = alert.Source is null ? null : sourceless?.Id;
        if ((active.Find(alert.Id) ?? sourceless) is not { } known || known.Resource == found.Resource)
        {
            return [new(row, alert, found, replaces)];
        }

        var before = new Resolution(known.Resource, true, known.Labels, "the alert was about this resource before");
        return row.Alert.Status is AlertStatus.Resolved || !found.Known
            ? [new(row, alert, before, replaces)]
            : [new(row, alert, before, Elsewhere: true), new(row, alert, found, replaces)];
    }

    /// <summary>What one resource is told. A row that has gone elsewhere is consumed there, not here.</summary>
    public Delivery Pack(IReadOnlyList<RoutedRow> rows)
    {
        var alerts = rows.Where(r => !IsOurs(r.Row)).ToList();
        var last = alerts.Where(r => !r.Elsewhere).GroupBy(r => r.Alert.Id).Select(g => g.Last()).ToList();
        return new(
            [.. rows.Where(r => !r.Elsewhere).Select(r => r.Row.Id)],
            [.. alerts.Select(Incoming)],
            [.. last.Where(r => r.Alert.Status is AlertStatus.Firing).Select(Active)],
            [.. last.Where(r => r.Alert.Status is AlertStatus.Resolved).Select(r => r.Alert.Id), .. last.Select(r => r.Replaces).OfType<string>()]);
    }

    private IncomingAlert Incoming(RoutedRow r)
    {
        var alert = r.Elsewhere ? r.Alert with { Status = AlertStatus.Resolved, EndsAt = time.GetUtcNow() } : r.Alert;
        return new(alert, r.Row.Source, r.Row.TraceId, r.To.How, r.To.Labels);
    }

    private ActiveAlert Active(RoutedRow r) =>
        new(r.Alert.Fingerprint, r.To.Resource, r.Alert.Name, r.To.Labels, r.Alert.StartsAt, time.GetUtcNow()) { Source = r.Alert.Source };

    private Resolution Resolve(InboxRow row)
    {
        try
        {
            return resolver.Resolve(row.Alert);
        }
        catch (Exception e)
        {
            Log.NotResolved(logger, e, row.Alert.Name);
            var key = new ResourceKey(cluster.Name, "alert", row.Alert.Labels.GetValueOrDefault("namespace", ""), row.Alert.Name);
            return new(key, false, row.Alert.Labels, $"its resource could not be found: {e.Message}");
        }
    }

    private Resolution Ours(InboxRow row) => new(new(cluster.Name, "engine", "", row.Source == HealthProbe.Source ? "health" : "own-alerts"), true, row.Alert.Labels, "");

    private static partial class Log
    {
        [LoggerMessage(EventId = 2203, Level = LogLevel.Error, Message = "The resource of alert {Alert} could not be found; it is journalled without one")]
        public static partial void NotResolved(ILogger logger, Exception e, string alert);
    }
}
