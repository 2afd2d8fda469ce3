using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Calls;
using Remediator.Grains.Views;

namespace Remediator.Grains.Inbox;

/// <summary>A row of the inbox and where it goes.</summary>
/// <param name="Replaces">Id under which the same alert was active before its source was known.</param>
internal sealed record RoutedRow(InboxRow Row, Alert Alert, Resolution To, string? Replaces = null)
{
    /// <summary>The alert is at another resource now; this one only hears that it is over here.</summary>
    public bool HasMoved => Row.MovedFrom is not null;
}

/// <summary>
/// Says which resource's grain an alert belongs to. One that is known stays where it is, so that its end finds its incident, whatever has
/// become of its pod; only a better answer moves it. One that was taken in before sources were written down has none: a group that says the
/// same becomes its source, and whoever has no group tells of it as before.
/// </summary>
internal sealed partial class AlertRouter(
    IResourceResolver resolver, ActiveAlerts active, ClusterName cluster, TimeProvider time, ILogger<AlertRouter> logger)
{
    /// <summary>Our own alerts are never subjects, and the probe of the health check is none.</summary>
    public static bool IsOurs(InboxRow row) => row.Source == InboxEntry.Probe || OwnAlerts.Includes(row.Alert);

    public RoutedRow Route(InboxRow row)
    {
        if (row.MovedFrom is { } place)
        {
            return new(row, row.Alert, new(place, true, row.Alert.Labels, "the alert is about another resource now"));
        }

        if (IsOurs(row))
        {
            return new(row, row.Alert, OwnAlert(row));
        }

        var found = Resolve(row);
        var sourceless = row.Alert.Source is null ? null : active.Find(row.Alert.Fingerprint) is { Source: null } nobodys ? nobodys : null;
        var alert = sourceless is not null && row.Alert.Source == AlertSource.Unlisted && active.Find(row.Alert.Id) is null
            ? row.Alert with { Source = null }
            : row.Alert;
        var replaces = alert.Source is null ? null : sourceless?.Id;
        if ((active.Find(alert.Id) ?? sourceless) is not { } known || known.Resource == found.Resource)
        {
            return new(row, alert, found, replaces);
        }

        return row.Alert.Status is AlertStatus.Resolved || !found.Known
            ? new(row, alert, new(known.Resource, true, known.Labels, "the alert was about this resource before"), replaces)
            : new(row, alert, found, replaces);
    }

    /// <summary>What one resource is told.</summary>
    public Delivery Pack(IReadOnlyList<RoutedRow> rows)
    {
        var alerts = rows.Where(r => !IsOurs(r.Row)).ToList();
        var last = alerts.Where(r => !r.HasMoved).GroupBy(r => r.Alert.Id).Select(g => g.Last()).ToList();
        return new(
            [.. rows.Select(r => r.Row.Id)],
            [.. alerts.Select(r => new IncomingAlert(r.Alert, r.Row.Source, r.Row.TraceId, r.To.How, r.To.Labels))],
            [.. last.Where(r => r.Alert.Status is AlertStatus.Firing).Select(Active)],
            [
                .. last.Where(r => r.Alert.Status is AlertStatus.Resolved).Select(r => r.Alert.Id),
                .. last.Select(r => r.Replaces).OfType<string>()]);
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
            var key =
                new ResourceKey(cluster.Name, ResourceKinds.Alert, row.Alert.Labels.GetValueOrDefault("namespace", ""), row.Alert.Name);
            return new(key.Bounded(), false, row.Alert.Labels, $"its resource could not be found: {e.Message}");
        }
    }

    private Resolution OwnAlert(InboxRow row) =>
        new(
            new(cluster.Name, ResourceKinds.Engine, "", row.Source == InboxEntry.Probe ? "health" : "own-alerts"),
            true,
            row.Alert.Labels,
            "");

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2203, Level = LogLevel.Error,
            Message = "The resource of alert {Alert} could not be found; it is journalled without one")]
        public static partial void NotResolved(ILogger logger, Exception e, string alert);
    }
}
