namespace Remediator.Sources.Alertmanager;

/// <summary>How the lists of the groups are read.</summary>
public sealed class AlertmanagerSourceOptions
{
    public const string Section = "Sources:Alertmanager";

    /// <summary>Time between two readings of the lists.</summary>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(1);
}
