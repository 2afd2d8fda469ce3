using Microsoft.Extensions.Options;
using Remediator.Actions.Notify.Alertmanager;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Actions;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify;

/// <summary>All ways in which this engine can tell people.</summary>
internal static class NotifyActions
{
    public static IReadOnlyList<IAction> All(Poster poster, IOptions<AlertmanagerNotifyOptions> alertmanager, IOptions<WebhookNotifyOptions> webhook, ISecrets secrets) =>
    [
        new AlertmanagerNotifyAction(poster, alertmanager, secrets),
        new WebhookNotifyAction(poster, webhook, secrets),
    ];
}
