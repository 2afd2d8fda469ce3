namespace Remediator.Core.Alerts;

/// <summary>
/// An element of the section <c>Alertmanagers</c>: one Alertmanager, or several that are replicas of one another. They share their alerts
/// and silences; another group knows nothing of either. Secrets are in files, and never printed.
/// </summary>
public sealed class AlertmanagerGroup
{
    public const string Section = "Alertmanagers";

    /// <summary>The name of the only group, unless it was given another.</summary>
    public const string Main = "main";

    /// <summary>Part of the path to which its receiver posts, and of the source of its alerts: small letters, digits and hyphens.</summary>
    public string Name { get; set; } = "";

    /// <summary>Of every replica, as Prometheus is told: <c>http://alertmanager-0:9093</c>, with its path prefix if it has one.</summary>
    public IList<string> Urls { get; init; } = [];

    /// <summary>What its configuration calls our receiver; alerts that are routed elsewhere are not taken from its list.</summary>
    public string Receiver { get; set; } = "remediator";

    /// <summary>
    /// Whether a name in its list is our receiver: prometheus-operator calls those of an AlertmanagerConfig <c>NAMESPACE/NAME/RECEIVER</c>.
    /// </summary>
    public bool IsOurs(string? receiver) =>
        receiver == Receiver
            || (!Receiver.Contains('/') && receiver?.Split('/') is [{ Length: > 0 }, { Length: > 0 }, var last] && last == Receiver);

    /// <summary>Whether people are told by it of what was not repaired.</summary>
    public bool Escalations { get; set; } = true;

    public string? BearerTokenFile { get; set; }

    /// <summary>For basic auth, together with <see cref="PasswordFile"/>.</summary>
    public string? Username { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>The source of its alerts.</summary>
    public string Source => AlertSource.OfGroup(Name);
}

/// <summary>All groups that are configured.</summary>
public sealed class AlertmanagerGroups
{
    public IList<AlertmanagerGroup> All { get; init; } = [];
}
