namespace Remediator.Actions.Hosts.EvictFillingPod;

/// <summary>Nothing: which pod it is, the machine says.</summary>
public sealed record EvictFillingPodInput;
