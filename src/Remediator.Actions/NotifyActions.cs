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
        .. Groups(alertmanagers.Value).Select(group => new AlertmanagerNotifyAction(poster, group, secrets)),
        new WebhookNotifyAction(poster, webhook, secrets),
    ];

    /// <summary>Where none is configured, the way is there all the same, to be described.</summary>
    private static IList<AlertmanagerGroup> Groups(AlertmanagerGroups alertmanagers) =>
        alertmanagers.All.Count > 0 ? alertmanagers.All : [new()];
}
