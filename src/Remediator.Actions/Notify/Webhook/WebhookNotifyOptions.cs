namespace Remediator.Actions.Notify.Webhook;

/// <summary>Section <c>Notify:Webhook</c>. Secrets are in files, and never printed.</summary>
public sealed class WebhookNotifyOptions
{
    public const string Section = "Notify:Webhook";

    public string? Url { get; set; }

    /// <summary>
    /// Signs each body: <c>X-Remediator-Signature: sha256=HMAC</c>, in lower-case hexadecimal, of <c>X-Remediator-Timestamp</c> (Unix
    /// seconds), a full stop and the body.
    /// </summary>
    public string? SecretFile { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>.</summary>
    public string? BearerTokenFile { get; set; }
}
