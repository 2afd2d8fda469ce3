namespace Remediator.Actions.Hosts.FreeSpace;

/// <summary>Nothing: what may go is the policy's to say, for each host.</summary>
public sealed record FreeSpaceInput;
