using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify.Alertmanager;

/// <summary>Raises an alert at the user's own Alertmanagers, so that their own routes page the right people.</summary>
internal sealed class AlertmanagerNotifyAction(Poster poster, IOptions<AlertmanagerNotifyOptions> options, ISecrets secrets) : INotifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "notify.alertmanager",
        Class = ActionClass.Read,
        Input = typeof(NotifyInput),
        Summary = "Raises the alert RemediationFailed at every Alertmanager, and lets it resolve when the incident is closed.",
    };

    public bool IsConfigured => options.Value.Urls.Count > 0;

    /// <summary>One that takes it is enough: Alertmanagers of a cluster tell each other what they sent, not what they were told.</summary>
    public async Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
    {
        var authorization = Authorization();
        var body = PostableAlert.Body(notification);
        var failures = (await Task.WhenAll(options.Value.Urls.Select(url => PostAsync(url, body, authorization, cancellationToken)))).OfType<ActionFailedException>().ToList();
        if (failures.Count == options.Value.Urls.Count)
            throw new ActionFailedException(
                failures.Any(f => f.Kind is FailureKind.Transient) ? FailureKind.Transient : FailureKind.Permanent,
                $"No Alertmanager took the alert. {string.Join(' ', failures.Select(f => f.Message))}");
    }

    private async Task<ActionFailedException?> PostAsync(string url, byte[] body, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        try
        {
            await poster.PostAsync(new($"{url.TrimEnd('/')}/api/v2/alerts"), body, headers => headers.Authorization = authorization, cancellationToken);
            return null;
        }
        catch (ActionFailedException e)
        {
            return e;
        }
    }

    private AuthenticationHeaderValue? Authorization() => options.Value switch
    {
        { BearerTokenFile: { } file } => new("Bearer", SecretFile.Read(secrets, file)),
        { Username: { } user, PasswordFile: { } file } =>
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.Read(secrets, file)}"))),
        _ => null,
    };
}
