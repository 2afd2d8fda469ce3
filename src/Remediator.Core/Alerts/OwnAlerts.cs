namespace Remediator.Core.Alerts;

/// <summary>
/// Alerts that the engine raises, and those that Prometheus raises about it. They come back through the same routes and are never subjects.
/// </summary>
public static class OwnAlerts
{
    public const string RemediationFailed = "RemediationFailed";

    /// <summary>The label with which the rules in <c>deploy/prometheus</c> mark what is about the engine.</summary>
    public const string About = "about";
    public const string Engine = "remediator";

    public static bool Includes(Alert alert) => alert.Name == RemediationFailed || alert.Labels.GetValueOrDefault(About) == Engine;
}
