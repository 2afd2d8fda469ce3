using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify.Webhook;

/// <summary>Posts the incident as JSON to an address of the user's.</summary>
internal sealed class WebhookNotifyAction(Poster poster, IOptions<WebhookNotifyOptions> options, ISecrets secrets) : INotifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "notify.webhook",
        Class = ActionClass.Read,
        Input = typeof(NotifyInput),
        Summary = "Posts the incident as JSON to a URL of yours, signed if you configure a secret.",
    };

    public bool IsConfigured => options.Value.Url is not null;

    public async Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.Url is not { } url)
            throw new ActionFailedException(FailureKind.Permanent, $"{WebhookNotifyOptions.Section}:Url is not set.");

        var now = poster.Time.GetUtcNow();
        var body = WebhookBody.Of(notification, now);
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var token = settings.BearerTokenFile is { } tokenFile ? SecretFile.ReadFirstLine(secrets, tokenFile) : null;
        var signature = settings.SecretFile is { } secretFile ? Sign(SecretFile.Read(secrets, secretFile), time, body) : null;
        await poster.PostAsync(
            new(url),
            body,
            headers =>
            {
                headers.Add("X-Remediator-Incident", Uri.EscapeDataString(notification.IncidentId));
                if (token is not null)
                    headers.Authorization = new("Bearer", token);
                if (signature is not null)
                {
                    headers.Add("X-Remediator-Timestamp", time);
                    headers.Add("X-Remediator-Signature", signature);
                }
            },
            cancellationToken);
    }

    /// <summary>
    /// The time is signed with the body, so that a receiver can refuse what was sent long ago and is sent again by somebody else.
    /// </summary>
    private static string Sign(string secret, string time, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{time}."), .. body];
        return $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
