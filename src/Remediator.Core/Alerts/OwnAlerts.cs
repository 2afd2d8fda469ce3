namespace Remediator.Core.Alerts;

/// <summary>
/// Alerts that the engine raises, those that Prometheus raises about it, and those that only prove that alerting works. They come through
/// the same routes and are never subjects.
/// </summary>
public static class OwnAlerts
{
    public const string RemediationFailed = "RemediationFailed";

    public const string RemediationWaitsForApproval = "RemediationWaitsForApproval";

    /// <summary>The label with which the rules in <c>deploy/prometheus</c> mark what is about the engine.</summary>
    public const string About = "about";
    public const string Engine = "remediator";

    /// <summary>They fire for ever: as a heartbeat, or to mute others.</summary>
    private static readonly string[] Heartbeats = ["Watchdog", "InfoInhibitor", "DeadMansSwitch", "PrometheusAlertmanagerE2eDeadManSwitch"];

    public static bool Includes(Alert alert) =>
        Heartbeats.Contains(alert.Name) || alert.Name is RemediationFailed or RemediationWaitsForApproval
            || alert.Labels.GetValueOrDefault(About) == Engine;
}
