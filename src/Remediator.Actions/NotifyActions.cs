using Microsoft.Extensions.Options;
using Remediator.Actions.Notify;
using Remediator.Actions.Notify.Alertmanager;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Secrets;

namespace Remediator.Actions;

/// <summary>All ways in which this engine can tell people.</summary>
internal static class NotifyActions
{
    public static IReadOnlyList<IAction> All(
        Poster poster, IOptions<AlertmanagerGroups> alertmanagers, IOptions<WebhookNotifyOptions> webhook, ISecrets secrets) =>
    [
        new AlertmanagerNotifyAction(poster, alertmanagers, secrets),
        new WebhookNotifyAction(poster, webhook, secrets),
    ];
}
