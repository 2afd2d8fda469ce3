using Remediator.Actions.Notify;
using Remediator.Actions.Notify.Alertmanager;
using Remediator.Actions.Notify.Webhook;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;

namespace Remediator.Actions;

/// <summary>All ways in which this engine can tell people.</summary>
internal static class NotifyActions
{
    public static IReadOnlyList<IAction> All(ActionPorts ports)
    {
        var poster = Poster.Create(ports.Time);
        return
        [
            .. Groups(ports.Alertmanagers.Value).Select(group => new AlertmanagerNotifyAction(poster, group, ports.Secrets)),
            new WebhookNotifyAction(poster, ports.Webhook, ports.Secrets),
        ];
    }

    /// <summary>Where none is configured, the way is there all the same, to be described.</summary>
    private static IList<AlertmanagerGroup> Groups(AlertmanagerGroups alertmanagers) =>
        alertmanagers.All.Count > 0 ? alertmanagers.All : [new()];
}
