namespace Remediator.Actions.Hosts.EmptyDirs;

public sealed record EmptyDirsInput;
