using Microsoft.AspNetCore.Http;
using Remediator.Core.Alerts;
using Remediator.Sources.Intake;
using Remediator.Sources.Webhook;

namespace Remediator.Sources.Grafana;

/// <summary>
/// Grafana's own alerting. It has no list that is asked, so its alerts end by its word alone, and its silences are not known here.
/// </summary>
internal sealed class GrafanaSource(DeliveryIntake intake)
{
    public const string Route = "/api/v1/alerts/grafana";

    public Task<IResult> ReceiveAsync(HttpContext context) =>
        intake.ReceiveAsync(context, (body, now) => WebhookReader.Read(body, AlertSource.Grafana, now));
}
