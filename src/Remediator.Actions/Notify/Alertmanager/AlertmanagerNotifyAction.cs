using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify.Alertmanager;

/// <summary>Raises an alert at the user's own Alertmanagers, so that their own routes page the right people.</summary>
internal sealed class AlertmanagerNotifyAction(Poster poster, IOptions<AlertmanagerGroups> options, ISecrets secrets) : INotifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "notify.alertmanager",
        Class = ActionClass.Read,
        Input = typeof(NotifyInput),
        Summary = "Raises the alert RemediationFailed at every group of Alertmanagers, unless the group is configured "
            + "otherwise, and resolves it when the incident closes.",
    };

    public bool IsConfigured => Groups.Any();

    private IEnumerable<AlertmanagerGroup> Groups => options.Value.All.Where(g => g.Escalations && g.Urls.Count > 0);

    /// <summary>
    /// Every group has people of its own. Of its replicas one that takes it is enough: they tell each other what they sent, not what they
    /// were told, so all are told.
    /// </summary>
    public async Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
    {
        var body = PostableAlert.Body(notification);
        var failures = (await Task.WhenAll(Groups.Select(group => PostAsync(group, body, cancellationToken))))
            .OfType<ActionFailedException>()
            .ToList();
        if (failures.Count > 0)
            throw new ActionFailedException(
                failures.Exists(f => f.Kind is FailureKind.Transient) ? FailureKind.Transient : FailureKind.Permanent,
                string.Join(' ', failures.Select(f => f.Message)));
    }

    private async Task<ActionFailedException?> PostAsync(AlertmanagerGroup group, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            var authorization = Authorization(group);
            var failures = (await Task.WhenAll(group.Urls.Select(url => PostAsync(url, body, authorization, cancellationToken))))
                .OfType<ActionFailedException>()
                .ToList();
            return failures.Count < group.Urls.Count
                ? null
                : new(
                    failures.Exists(f => f.Kind is FailureKind.Transient) ? FailureKind.Transient : FailureKind.Permanent,
                    $"No Alertmanager of the group '{group.Name}' took the alert. {string.Join(' ', failures.Select(f => f.Message))}");
        }
        catch (ActionFailedException e)
        {
            return e;
        }
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

    private AuthenticationHeaderValue? Authorization(AlertmanagerGroup group) => group switch
    {
        { BearerTokenFile: { } file } => new("Bearer", SecretFile.ReadFirstLine(secrets, file)),
        { Username: { } user, PasswordFile: { } file } =>
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.ReadFirstLine(secrets, file)}"))),
        _ => null,
    };
}
