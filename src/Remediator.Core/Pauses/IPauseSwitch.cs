namespace Remediator.Core.Pauses;

/// <summary>The switch that stops every change. Read without the store, so that it works when nothing else does.</summary>
public interface IPauseSwitch
{
    /// <summary>Why everything is paused; null when nothing is. A switch that cannot be read is on.</summary>
    string? Reason { get; }
}
