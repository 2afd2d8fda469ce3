using Remediator.Core.Events;


namespace Remediator.Core.Incidents;

/// <summary>What the incident list says of a storm; other resources read it there.</summary>
public static class StormStatus
{
    public const string Raging = "storm";
    public const string CoolingDown = "cooling down";
    public const string Over = "storm over";

    public static string Of(StormPhase phase) => phase switch
    {
        StormPhase.Raging => Raging,
        StormPhase.CoolingDown => CoolingDown,
        _ => Over,
    };
}
