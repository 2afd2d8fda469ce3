using System.Text.Json.Serialization;

namespace Remediator.Core.Events;

[JsonConverter(typeof(JsonStringEnumConverter<RunOutcome>))]
public enum RunOutcome
{
    /// <summary>A step's verification held for its stable time.</summary>
    Verified,
    /// <summary>The problem was gone before anything was changed.</summary>
    Healed,
    /// <summary>Observe mode: the first step that would have run is journalled.</summary>
    Observed,
    /// <summary>The rules no longer choose this playbook, or people have got the resource.</summary>
    Stopped,
    Escalated,
}

[JsonConverter(typeof(JsonStringEnumConverter<StormPhase>))]
public enum StormPhase
{
    Raging,
    /// <summary>So little is sick that it would be none; it must stay over for a while.</summary>
    CoolingDown,
    Over,
}

[JsonConverter(typeof(JsonStringEnumConverter<CloseReason>))]
public enum CloseReason { Verified, Healed, Merged }
