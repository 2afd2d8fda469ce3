namespace Remediator.Core.Alerts;

/// <summary>Alerts that the engine raises itself. They come back through the same routes and are never subjects.</summary>
public static class OwnAlerts
{
    public const string RemediationFailed = "RemediationFailed";
}
