namespace Remediator.Actions.Notify.Alertmanager;

/// <summary>Section <c>Notify:Alertmanager</c>. Secrets are in files, and never printed.</summary>
public sealed class AlertmanagerNotifyOptions
{
    public const string Section = "Notify:Alertmanager";

    /// <summary>Every one of them, as Prometheus is told: <c>http://alertmanager-0:9093</c>, with its path prefix if it has one.</summary>
    public IList<string> Urls { get; init; } = [];

    public string? BearerTokenFile { get; set; }

    /// <summary>For basic auth, together with <see cref="PasswordFile"/>.</summary>
    public string? Username { get; set; }

    public string? PasswordFile { get; set; }
}
