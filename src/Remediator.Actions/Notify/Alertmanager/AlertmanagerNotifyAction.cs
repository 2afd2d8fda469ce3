using System.Net.Http.Headers;
using System.Text;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify.Alertmanager;

/// <summary>
/// Raises an alert at one group of the user's own Alertmanagers, so that their own routes page the right people. Each group has people of
/// its own, so each is a way of its own.
/// </summary>
internal sealed class AlertmanagerNotifyAction(Poster poster, AlertmanagerGroup group, ISecrets secrets) : INotifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = group.Name is "" or AlertmanagerGroup.Main ? "notify.alertmanager" : $"notify.alertmanager/{group.Name}",
        Class = ActionClass.Read,
        Input = typeof(NotifyInput),
        Summary = "Raises the alert RemediationFailed at a group of Alertmanagers, unless the group is configured "
            + "otherwise, and resolves it when the incident closes.",
    };

    public bool IsConfigured => group.Escalations && group.Urls.Count > 0;

    /// <summary>
    /// One replica that takes it is enough. They tell each other what they sent, not what they were told, so all are told.
    /// </summary>
    public async Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
    {
        var (body, authorization) = (PostableAlert.Body(notification), Authorization());
        var failures = (await Task.WhenAll(group.Urls.Select(url => PostAsync(url, body, authorization, cancellationToken))))
            .OfType<ActionFailedException>()
            .ToList();
        if (failures.Count == group.Urls.Count)
            throw new ActionFailedException(
                failures.Exists(f => f.Kind is FailureKind.Transient) ? FailureKind.Transient : FailureKind.Permanent,
                $"No Alertmanager of the group '{group.Name}' took the alert. {string.Join(' ', failures.Select(f => f.Message))}");
    }

    private async Task<ActionFailedException?> PostAsync(
        string url, byte[] body, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        try
        {
            await poster.PostAsync(
                new($"{url.TrimEnd('/')}/api/v2/alerts"), body, headers => headers.Authorization = authorization, cancellationToken);
            return null;
        }
        catch (ActionFailedException e)
        {
            return e;
        }
    }

    private AuthenticationHeaderValue? Authorization() => group switch
    {
        { BearerTokenFile: { } file } => new("Bearer", SecretFile.ReadFirstLine(secrets, file)),
        { Username: { } user, PasswordFile: { } file } =>
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.ReadFirstLine(secrets, file)}"))),
        _ => null,
    };
}
