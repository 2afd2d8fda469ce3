namespace Remediator.Actions.Notify;

/// <summary>Nothing: what people are told is the engine's to say.</summary>
public sealed record NotifyInput;
