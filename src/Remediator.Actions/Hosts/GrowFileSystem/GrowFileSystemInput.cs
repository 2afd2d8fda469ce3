namespace Remediator.Actions.Hosts.GrowFileSystem;

/// <summary>Nothing: which file systems may become larger, and up to what, is the policy's to say, for each host.</summary>
public sealed record GrowFileSystemInput;
